import { describe, expect, test } from 'vitest';
import { clockMoved } from '../src/flight/facts';
import { fullText, inZone, startText } from '../src/text/times';
import * as units from '../src/text/units';
import { aircraftDetail, aircraftName, badges } from '../src/text/words';
import { aFlight } from './builders';

const nbsp = '\u00a0';

describe('quantities', () => {
  test('an unknown one is a dash and never a zero', () => {
    expect(units.text(units.distance(null, 'metric'))).toBe('–');
    expect(units.duration(null)).toBe('–');
    expect(units.text(units.distance(0, 'metric'))).toBe(`0${nbsp}m`);
  });

  test('distances change unit where they would have four figures', () => {
    expect(units.text(units.distance(999, 'metric'))).toBe(`999${nbsp}m`);
    expect(units.text(units.distance(1860, 'metric'))).toBe(`1.86${nbsp}km`);
    expect(units.text(units.distance(626_400, 'metric'))).toBe(`626${nbsp}km`);
  });

  test('imperial is feet up to a thousand, then miles', () => {
    expect(units.text(units.distance(100, 'imperial'))).toBe(`328${nbsp}ft`);
    expect(units.text(units.distance(16_093.44, 'imperial'))).toBe(`10.0${nbsp}mi`);
    expect(units.text(units.height(121.92, 'imperial'))).toBe(`400${nbsp}ft`);
    expect(units.text(units.speed(10, 'imperial'))).toBe(`22.4${nbsp}mph`);
  });

  test('a climb too small to show has no sign', () => {
    expect(units.text(units.climb(-0.01, 'metric'))).toBe(`0.0${nbsp}m/s`);
    expect(units.text(units.climb(-3.2, 'metric'))).toBe(`−3.2${nbsp}m/s`);
    expect(units.text(units.climb(2, 'imperial'))).toBe(`+394${nbsp}ft/min`);
  });

  test('durations grow an hour only when they have one', () => {
    expect(units.duration(59.999)).toBe('0:59');
    expect(units.duration(760)).toBe('12:40');
    expect(units.duration(3723)).toBe('1:02:03');
  });

  test('bytes are in powers of a thousand', () => {
    expect(units.bytes(999)).toBe(`999${nbsp}B`);
    expect(units.bytes(10_737_418_240)).toBe(`11${nbsp}GB`);
    expect(units.bytes(1500)).toBe(`1.5${nbsp}kB`);
  });
});

describe('times', () => {
  test('the local day may differ from the UTC day, and then both are written', () => {
    const flight = aFlight({ recording_start: '2026-11-18T03:26:00Z', time_zone: 'America/Chicago' });
    expect(startText(flight)).toEqual({ first: '2026-11-17 21:26 CST', second: '2026-11-18 03:26 UTC' });
  });

  test('summer time is told apart from winter time', () => {
    expect(inZone('2026-07-01T12:00:00Z', 'America/Chicago')).toMatchObject({
      clock: '07:00:00',
      zone: 'CDT',
    });
    expect(inZone('2026-12-01T12:00:00Z', 'America/Chicago')).toMatchObject({
      clock: '06:00:00',
      zone: 'CST',
    });
  });

  test('midnight is 00, not 24', () => {
    expect(inZone('2026-01-01T00:00:00Z', 'UTC')?.clock).toBe('00:00:00');
  });

  test('a wall clock of unknown zone is shown as that and never as UTC', () => {
    const flight = aFlight({
      recording_start: null,
      local_start: '2026-05-14T09:03:22',
      time_basis: 'local',
    });
    expect(startText(flight)).toEqual({ first: '2026-05-14 09:03', second: 'wall clock, zone unknown' });
    expect(startText(aFlight({ recording_start: null, local_start: null })).first).toBe('Date unknown');
  });

  test('a zone that this browser does not know leaves UTC standing', () => {
    expect(fullText('2026-11-18T03:26:00Z', 'Mars/Olympus')).toEqual({
      utc: '2026-11-18 03:26:00 UTC',
      local: '',
    });
  });
});

describe('states of a flight', () => {
  test('each that holds has its badge', () => {
    const flight = aFlight({
      simulated: true,
      track_locked: true,
      bench: true,
      recording_start: null,
      track_rows: 0,
    });
    expect(badges(flight).map(({ label }) => label)).toEqual([
      'SIMULATED',
      'Track locked',
      'Bench',
      'UTC unknown',
    ]);
  });

  test('a flight without track says so, unless it is locked', () => {
    expect(badges(aFlight({ track_rows: 0 })).map(({ label }) => label)).toEqual(['No track']);
    expect(badges(aFlight({}))).toEqual([]);
  });

  test('a source whose clock began at power-on is said to be placed, not moved by fifty years', () => {
    expect(clockMoved(0.4)).toBe('Clock moved by +0.4 s to fit');
    expect(clockMoved(-2.1)).toBe('Clock moved by −2.1 s to fit');
    expect(clockMoved(1_779_592_987.8)).toContain('placed');
    expect(clockMoved(null)).toBe('');
  });

  test('an aircraft without a name goes by its model, and nothing is said twice', () => {
    const flight = aFlight({ aircraft: { name: '', model: 'Hexa', serial: 'S1', kind: '', firmware: '' } });
    expect([aircraftName(flight), aircraftDetail(flight)]).toEqual(['Hexa', 'S1']);
  });
});
