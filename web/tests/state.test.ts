import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EVERYTHING, filterParams, fromAddress, pageParams, parseNear, toAddress } from '../src/state/query';
import { flightAddress, parseRoute } from '../src/state/route';
import { paced, settled, signal } from '../src/state/signal';

describe('a query', () => {
  test('for everything asks for nothing but a page', () => {
    expect(filterParams(EVERYTHING).toString()).toBe('');
    expect(pageParams(EVERYTHING, 200, 100).toString()).toBe(
      'sort=recording_start&order=desc&limit=100&offset=200',
    );
  });

  test('includes the whole of its last day', () => {
    const params = filterParams({ ...EVERYTHING, from: '2026-02-28', to: '2026-02-28' });
    expect(params.get('from')).toBe('2026-02-28T00:00:00Z');
    expect(params.get('to')).toBe('2026-03-01T00:00:00Z');
  });

  test('comes back from the address as it was', () => {
    const query = {
      text: 'Łódź & co',
      from: '2026-01-02',
      to: '2026-03-04',
      aircraft: 'Heron',
      near: { lon: -88.2, lat: 40.1, metres: 750 },
      bench: true,
      sort: 'max_height_m' as const,
      descending: false,
    };
    expect(fromAddress(toAddress(query))).toEqual(query);
  });

  test('of nonsense in the address is a query for everything', () => {
    const params = new URLSearchParams('from=yesterday&to=2026-99-99&near=a,b&sort=id;drop&order=up');
    expect(fromAddress(params)).toEqual(EVERYTHING);
  });

  test('near takes longitude first and refuses what is no place', () => {
    expect(parseNear('-88.2, 40.1', 500)).toEqual({ lon: -88.2, lat: 40.1, metres: 500 });
    expect(parseNear('-88.2 40.1 250', 500)?.metres).toBe(250);
    for (const bad of ['', '8', '40.1, 98', '181, 0', 'x, y', '1, 2, -5'])
      expect(parseNear(bad, 500)).toBeNull();
  });
});

describe('a route', () => {
  test('names a view, and flights when it names none', () => {
    expect(parseRoute('')).toEqual({ view: 'flights', query: EVERYTHING });
    expect(parseRoute('#/files?state=failed')).toEqual({ view: 'files', state: 'failed' });
    expect(parseRoute('#/nowhere')).toMatchObject({ view: 'flights' });
  });

  test('holds any id', () => {
    const id = 'a/b ?#%';
    expect(parseRoute(flightAddress(id))).toEqual({ view: 'flight', id });
    expect(parseRoute('#/flight/%E0%A4%A')).toEqual({ view: 'flight', id: '%E0%A4%A' });
  });
});

describe('time', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('typing asks once it has settled', () => {
    const asked = vi.fn();
    const type = settled(250, asked);
    type('a');
    type('ab');
    vi.advanceTimersByTime(249);
    expect(asked).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(asked.mock.calls).toEqual([['ab']]);
  });

  test('a flood of events refreshes at once, then at a pace, and the last is not lost', () => {
    const refresh = vi.fn();
    const event = paced(1000, refresh);
    for (let i = 0; i < 25; i++) {
      event();
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(5000);
    expect(refresh).toHaveBeenCalledTimes(4);
  });

  test('a signal tells only changes, and not those who left', () => {
    const seen: number[] = [];
    const value = signal(1);
    const stop = value.watch((now) => seen.push(now));
    value.set(1);
    value.set(2);
    stop();
    value.set(3);
    expect(seen).toEqual([1, 2]);
  });
});
