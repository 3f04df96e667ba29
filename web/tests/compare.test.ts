/** Flights side by side: what each has, what it has not, and all on one axis. */
import { describe, expect, test, vi } from 'vitest';
import type { Happened } from '../src/api/logbook';
import type { FlightDetail, Parameter } from '../src/api/types';
import { compareAddress, idsIn, MOST, toggled } from '../src/compare/ids';
import { pathFeatures } from '../src/compare/layer';
import { laid, pathOf, placeSince, sinceText, spanOf, valueSince } from '../src/compare/lines';
import { parametersOf } from '../src/compare/parameters';
import { type Compared, pilotOf, read } from '../src/compare/read';
import { eventCounts, rowsOf } from '../src/compare/rows';
import { numbers, type Track, trackOf } from '../src/flight/track';
import { parseRoute } from '../src/state/route';
import { aFlight, aTrack } from './builders';

const START_US = Date.parse('2026-11-20T15:28:00Z') * 1000;

function detail(said: Partial<FlightDetail> = {}): FlightDetail {
  return { ...aFlight({}), problems: [], notes: [], offers: [], ...said };
}

function compared(said: Partial<Compared> = {}): Compared {
  const nothing = { pilot: null, track: null, happened: null, parameters: [], troubles: [] };
  return { id: 'f'.repeat(32), flight: detail(), ...nothing, ...said };
}

function track(columns: Parameters<typeof aTrack>[0], seconds: number[]): Track {
  const made = trackOf(aTrack({ time_us: seconds.map((s) => START_US + s * 1e6), ...columns }));
  if (!made) throw new Error('no times');
  return made;
}

const NOTHING: Happened = { flight: 'f', utc: true, phases: [], events: [], wind: null };

function cells(all: Compared[], label: string) {
  return rowsOf(all, 'metric').find((row) => row.label === label)?.cells;
}

describe('the link to a comparison', () => {
  test('names the flights in the order in which they were chosen, each once', () => {
    const route = parseRoute(compareAddress(['b', 'a']));
    expect(route.view).toBe('flights'); // until the view is named
    expect(compareAddress(['b', 'a'])).toBe('#/compare/b/a');
    expect(idsIn(['b', 'a', '', 'b'])).toEqual(['b', 'a']);
  });

  test('takes four at most; choosing one again takes it out', () => {
    const four = ['a', 'b', 'c', 'd'];
    expect(four).toHaveLength(MOST);
    expect(toggled(four, 'e')).toBeNull();
    expect(toggled(four, 'b')).toEqual(['a', 'c', 'd']);
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  });
});

describe('the table', () => {
  test('says of what a flight does not have that it is not recorded, and never shows a zero', () => {
    const none = {
      airborne_s: null,
      distance_m: null,
      max_height_m: null,
      max_speed_mps: null,
      recording_start: null,
      aircraft: { name: '', model: '', serial: '', kind: '', firmware: '' },
    };
    const rows = rowsOf([compared({ flight: detail(none) }), compared({ flight: null })], 'metric');
    for (const { label, cells: both } of rows) for (const { value } of both) expect(value, label).toBeNull();
  });

  test('gives the date with the zone of the place, and UTC beside it', () => {
    expect(cells([compared()], 'Began')?.[0]).toEqual({
      value: '2026-11-20 09:28:00 CST',
      second: '2026-11-20 15:28:00 UTC',
    });
    const wall = detail({ recording_start: null, local_start: '2026-05-04T09:15:55.403' });
    expect(cells([compared({ flight: wall })], 'Began')?.[0]?.second).toBe('wall clock, zone unknown');
  });

  test('gives the mean speed over the time in the air, and none where there was no such time', () => {
    expect(cells([compared()], 'Mean speed')?.[0]?.value).toBe('6.2\u00a0m/s');
    expect(cells([compared({ flight: detail({ airborne_s: 0 }) })], 'Mean speed')?.[0]?.value).toBeNull();
  });

  test('keeps two batteries apart, and calls no rise of the charge a use of it', () => {
    const two = track({ battery_percent: [null, 90, 60], battery_percent_2: [20, 30, 95] }, [0, 1, 2]);
    const all = [compared({ track: two }), compared()];
    expect(cells(all, 'Battery 1 used')?.map(({ value }) => value)).toEqual(['30\u00a0%', null]);
    expect(cells(all, 'Battery 2 used')?.[0]).toEqual({
      value: null,
      second: '20\u00a0% to 95\u00a0%: it rose',
    });
    expect(cells([compared({ track: track({}, [0, 1]) })], 'Battery used')?.[0]?.value).toBeNull();
  });

  test('tells a flight in which nothing happened from one of which nothing is told', () => {
    const phase = { phase: 'hover', start: null, end: null, seconds: 4, rows: [0, 1] as [number, number] };
    const quiet = compared({ happened: { ...NOTHING, phases: [phase] } });
    expect(cells([quiet, compared({ happened: NOTHING })], 'Events')).toEqual([
      { value: 'none found' },
      { value: null },
    ]);
    const event = { severity: 'warning' } as Happened['events'][number];
    expect(eventCounts({ ...NOTHING, events: [event, event] })).toEqual([['warning', 2]]);
  });
});

test('the pilot is who is said at present, and of the flight itself before its merged parts', () => {
  const told = (said: object) => ({ flight: 'a', field: 'pic', value: 'Ann', at: '1', until: null, ...said });
  expect(pilotOf([told({}), told({ value: 'Old', at: '0', until: '1' })], 'a')).toBe('Ann');
  expect(pilotOf([told({}), told({ flight: 'part', value: 'Ben', at: '9' })], 'a')).toBe('Ann');
  expect(pilotOf([told({ field: 'purpose' })], 'a')).toBeNull();
});

describe('on one axis', () => {
  const rising = track(
    { height_m: [0, 0, 10], lon: [1, 1, 2], lat: [3, 3, null], in_air: [false, true, true] },
    [0, 5, 15],
  );

  test('a flight begins where it took off: as stated, else with the first sample in the air', () => {
    expect(laid(0, rising, '2026-11-20T15:28:03Z')).toMatchObject({ takeoff: 3, fromFirst: false });
    expect(laid(0, rising, null)).toMatchObject({ takeoff: 5, fromFirst: false });
    expect(laid(0, rising, '1970-01-01T00:00:09Z').takeoff).toBe(5); // of another clock
    expect(laid(0, track({}, [0, 1]), null)).toMatchObject({ takeoff: 0, fromFirst: true });
  });

  test('nothing is said of a time outside a recording, nor of a place in a gap', () => {
    const one = laid(0, rising, null);
    const height = numbers(rising, 'height_m');
    expect([-6, 0, 5, 10.5].map((at) => valueSince(one, height, at))).toEqual([null, 0, 5, null]);
    expect([placeSince(one, 0), placeSince(one, 10)]).toEqual([[1, 3], null]);
    expect(spanOf([one, laid(1, track({}, [0, 60]), null)])).toEqual({ from: -5, to: 60 });
    expect([-10, 0, 65, 3725].map(sinceText)).toEqual(['−0:10', '+0:00', '+1:05', '+1:02:05']);
  });

  test('a line on the map ends at a gap and goes on after it', () => {
    const gap = track({ lon: [1, 2, null, 4, 5], lat: [1, 1, 1, 1, 1] }, [0, 1, 2, 3, 4]);
    const parts = pathOf(gap);
    expect(parts).toEqual([
      [
        [1, 1],
        [2, 1],
      ],
      [
        [4, 1],
        [5, 1],
      ],
    ]);
    expect(pathFeatures([{ index: 2, parts: [...parts, [[9, 9]]] }]).map((f) => f.properties)).toEqual([
      { index: 2 },
      { index: 2 },
    ]);
  });
});

test('parameters that differ are those that two flights state; 32-bit rounding is no difference', () => {
  const stated = (values: Record<string, number>): Parameter[] =>
    Object.entries(values).map(([name, value]) => ({ name, value, default: null, changed: 0, last: value }));
  const found = parametersOf([
    stated({ A: 1, B: 0.1, ONLY: 3 }),
    stated({ A: 2, B: 0.10000000149 }),
    stated({ B: 0.1, C: 1 }),
    [],
  ]);
  expect(found.differing).toEqual([{ name: 'A', values: [1, 2, undefined, undefined] }]);
  expect(found.alike).toBe(1);
  expect(found.stated).toEqual([true, true, true, false]);
});

test('a flight that is read again is asked only for what people may have changed', async () => {
  const asked: string[] = [];
  const answers: Record<string, unknown> = {
    '': detail(),
    '/assignments': { assignments: [] },
    '/happened': NOTHING,
    '/log': { flight: 'f', sources: [], parameters: [] },
    '/track?rows=4000': aTrack({ time_us: [START_US, START_US + 1e6] }),
  };
  vi.stubGlobal('fetch', async (address: string) => {
    const part = address.replace(/^.*\/flights\/[^/]+/, '');
    asked.push(part);
    return new Response(JSON.stringify(answers[part]));
  });
  const first = await read('f');
  expect(asked.toSorted()).toEqual(Object.keys(answers).toSorted());
  asked.length = 0;
  expect(await read('f', first)).toBe(first);
  expect(asked).toEqual(['', '/assignments']);
  vi.unstubAllGlobals();
});
