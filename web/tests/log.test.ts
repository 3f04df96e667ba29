import { describe, expect, test } from 'vitest';
import type { FlightLog, Parameter } from '../src/api/types';
import { chosen, isChanged, said, valueText } from '../src/flight/log';

const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  name,
  value: 1,
  default: 1,
  changed: 0,
  last: 1,
  ...more,
});

function source(file: string, more: Partial<FlightLog['sources'][number]>): FlightLog['sources'][number] {
  return {
    file,
    format: 'x',
    time_basis: 'utc_gnss',
    identity: {},
    messages: [],
    messages_total: 0,
    events: [],
    events_total: 0,
    ...more,
  };
}

describe('what happened', () => {
  const log: FlightLog = {
    flight: 'f',
    parameters: [],
    sources: [
      source('a.bin', {
        messages: [{ at: null, clock_s: 9, text: 'EKF variance', severity: 3, component: '' }],
        events: [{ at: null, clock_s: 4, text: 'Armed', kind: 'armed', origin: 'EV.Id' }],
      }),
      source('b.tlog', {
        messages: [{ at: null, clock_s: null, text: 'Boot', severity: null, component: '' }],
        events: [{ at: null, clock_s: 7, text: 'No fix', kind: 'gnss_lost', origin: 'GPS' }],
      }),
    ],
  };

  test('is in order of time across all files, what has no time first', () => {
    expect(said(log).map((s) => s.text)).toEqual(['Boot', 'Armed', 'No fix', 'EKF variance']);
  });

  test('names severities, and marks warnings and faults', () => {
    expect(said(log).map((s) => [s.kind, s.grave])).toEqual([
      ['message', false],
      ['armed', false],
      ['gnss lost', true],
      ['error', true],
    ]);
  });
});

describe('parameters', () => {
  test('are changed where they are not at default, or changed in flight', () => {
    expect(isChanged(parameter('A'))).toBe(false);
    expect(isChanged(parameter('A', { value: 2 }))).toBe(true);
    expect(isChanged(parameter('A', { value: 2, default: null }))).toBe(false);
    expect(isChanged(parameter('A', { changed: 1 }))).toBe(true);
    expect(isChanged(parameter('A', { value: 0.1, default: 0.10000000149 }))).toBe(false);
  });

  test('are found by any part of their name, in any case', () => {
    const all = [parameter('RTL_ALT', { value: 3 }), parameter('WPNAV_SPEED')];
    expect(chosen(all, 'rtl', false).map((p) => p.name)).toEqual(['RTL_ALT']);
    expect(chosen(all, '', true).map((p) => p.name)).toEqual(['RTL_ALT']);
  });

  test('have no more digits than a 32-bit float', () => {
    expect([valueText(0.10000000149011612), valueText(1500), valueText(null)]).toEqual(['0.1', '1500', '–']);
  });
});
