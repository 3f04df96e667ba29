/** The logbook's pages: sums, months, what needs somebody, and phases laid along a track. */
import { describe, expect, test } from 'vitest';
import type { Book, Currency, Fleet, Group, Happened, Hours, Line, Overview } from '../src/api/logbook';
import { byMonth } from '../src/fleet/aircraft';
import { measured } from '../src/fleet/battery';
import { finding, findingText, trendText } from '../src/fleet/found';
import { ticks, trend } from '../src/fleet/trend';
import { bandsOf, phaseNumbers, phaseSums, secondsOf } from '../src/flight/phases';
import { collected } from '../src/logbook/assign';
import { alerts } from '../src/logbook/attention';
import { everyMonth, monthBars, monthBefore, scaleTop } from '../src/logbook/bars';
import { daysOf, monthOf } from '../src/logbook/calendar';
import { fits, lightText } from '../src/logbook/columns';
import { groupTable } from '../src/logbook/groups';
import {
  added,
  hours,
  hoursMinutes,
  mainSums,
  newestFirst,
  noHours,
  shortIds,
  today,
} from '../src/logbook/words';

const MINUTE = 60_000;

const aLine = (said: Partial<Line>): Line => ({
  flight: 'f'.repeat(32),
  date: '2026-05-01',
  takeoff: '2026-05-01T10:00:00Z',
  place: 'Field',
  aircraft: 'Kestrel',
  type: null,
  simulated: false,
  total_ms: 10 * MINUTE,
  basis: 'time in the air',
  light: { day_ms: 10 * MINUTE, twilight_ms: 0, night_ms: 0, unknown_ms: 0 },
  said: {},
  notes: [],
  ...said,
});
const aGroup = (key: string, said: Partial<Hours> = {}): Group => ({ ...noHours, key, flights: 1, ...said });
const sums = (...groups: Group[]) => ({ groups, whole: added(groups) });
const aBook = (said: Partial<Book>): Book => ({
  pilot: null,
  by: 'month',
  flown: sums(),
  simulated: sums(),
  parts: [],
  flights: [],
  left_out: [],
  carried: [],
  signed: [],
  ...said,
});
const anOverview = (said: Partial<Overview>): Overview => ({
  ...aBook({}),
  count: 0,
  without_pilot: 0,
  left_out_count: 0,
  places: [],
  place_count: 0,
  ...said,
});
const nobody: Currency = { on: '2026-05-02', within_days: 60, standings: [], lapsing: [], rules: [] };

describe('hours', () => {
  test('are written as hours and minutes with their unit, unknown as a dash', () => {
    expect(hoursMinutes(125.4 * MINUTE)).toBe('2:05');
    expect(hours(61 * MINUTE).textContent).toBe('1:01\u00a0h');
    expect(hours(null).textContent).toBe('–');
  });

  test('simulated flights are shown only where there are no real ones, and said so', () => {
    const simulated = sums(aGroup('2026-05', { total_ms: 5 }));
    expect(mainSums(aBook({ simulated }))).toEqual({ sums: simulated, simulated: true });
    const flown = sums(aGroup('2026-05', { total_ms: 7 }));
    expect(mainSums(aBook({ simulated, flown }))).toEqual({ sums: flown, simulated: false });
  });

  test('months in which nobody flew stand between those in which somebody did', () => {
    const months = everyMonth([aGroup('2027-01'), aGroup(''), aGroup('2026-11')]);
    expect(months.map(({ key, flights }) => [key, flights])).toEqual([
      ['2026-11', 1],
      ['2026-12', 0],
      ['2027-01', 1],
    ]);
    expect(monthBefore('2026-01')).toBe('2025-12');
    expect(monthBefore('2026-12', -1)).toBe('2027-01');
  });

  test('a scale ends at a round number that holds the greatest month', () => {
    expect([scaleTop(21 * MINUTE), scaleTop(30 * MINUTE), scaleTop(61 * MINUTE)]).toEqual(
      [30, 30, 120].map((n) => n * MINUTE),
    );
  });

  test('the bars say the same as a table for those who do not see them', () => {
    const made = monthBars([aGroup('2026-05', { total_ms: 90 * MINUTE, day_ms: 90 * MINUTE })], 'Hours');
    expect(made.querySelector('tbody')?.textContent).toContain('2026-05');
    expect(made.querySelector('tbody')?.textContent).toContain('1:30');
    expect(made.querySelector('.bars')?.getAttribute('aria-hidden')).toBe('true');
  });

  test('of one aircraft by month add up to its flights, light unknown where none is told', () => {
    const dusk = { day_ms: MINUTE, twilight_ms: 0, night_ms: 0, unknown_ms: 3 * MINUTE };
    const flown = [
      aLine({}),
      aLine({ light: null, total_ms: MINUTE }),
      aLine({ light: dusk, total_ms: 4 * MINUTE }),
    ];
    const [may] = byMonth(flown);
    expect([may?.key, may?.flights, may?.total_ms, may?.day_ms, may?.unknown_light_ms]).toEqual([
      '2026-05',
      3,
      15 * MINUTE,
      11 * MINUTE,
      4 * MINUTE,
    ]);
  });
});

describe('the list', () => {
  test('finds text in whatever it shows, in any case', () => {
    const line = aLine({ said: { client: 'Acme' } });
    expect([fits(line, 'acme'), fits(line, 'kest'), fits(line, 'bob'), fits(line, '')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  test('says the light of a flight, and how much of which where it is mixed', () => {
    expect(lightText(aLine({}))).toBe('day');
    const light = { day_ms: MINUTE, twilight_ms: 2 * MINUTE, night_ms: 0, unknown_ms: 0 };
    expect(lightText(aLine({ light }))).toBe('day 0:01, twilight 0:02');
    expect(lightText(aLine({ light: null }))).toBe('–');
  });

  test('shows the newest first and those of unknown date last', () => {
    const lines = [
      aLine({ date: null, flight: 'a' }),
      aLine({ date: '2026-01-02', takeoff: null, flight: 'b' }),
      aLine({ flight: 'c' }),
    ];
    expect(newestFirst(lines).map(({ flight }) => flight)).toEqual(['c', 'b', 'a']);
  });

  test('only what was filled in is said of chosen flights; nobody takes the pilot away', () => {
    const texts = new Map([
      ['purpose', { field: { value: ' survey ' } }],
      ['client', { field: { value: '' } }],
    ] as const);
    expect(collected({ pic: { value: '-' }, observer: { value: '' } }, texts)).toEqual({
      pic: '',
      purpose: 'survey',
    });
    expect(collected({}, new Map())).toEqual({});
  });

  test('a month can be signed once, when it is over, and only of one pilot', () => {
    const flown = sums(aGroup('2026-04'), aGroup('2026-05'), aGroup(today().slice(0, 7)), aGroup('9999-01'));
    const signed = [
      {
        month: '2026-04',
        sha256: 'ab',
        flights: 1,
        total_ms: 1,
        simulated_ms: 0,
        by: 'me',
        at: null,
        note: null,
        changed: ['one'],
      },
    ];
    const made = groupTable(aBook({ pilot: 'Ann', flown, signed }), () => undefined);
    expect([...made.querySelectorAll('button')].map((each) => each.textContent)).toEqual(['Sign…']);
    expect(made.textContent).toContain('Changed since');
    expect(groupTable(aBook({ flown }), () => undefined).querySelector('button')).toBeNull();
  });
});

describe('the calendar', () => {
  test('weeks begin on Monday and hold every day of the month once', () => {
    const days = daysOf('2026-02');
    expect(days.filter(Boolean)).toHaveLength(28);
    expect(days.indexOf('2026-02-01')).toBe(6);
    expect(daysOf('2028-02').filter(Boolean).at(-1)).toBe('2028-02-29');
    expect(days.length % 7).toBe(0);
  });

  test('opens at the month asked for, else at the last one with a flight', () => {
    expect(monthOf('2020-01', [])).toBe('2020-01');
    expect(monthOf(null, [aLine({ date: '2025-03-04' }), aLine({ date: null })])).toBe('2025-03');
    expect(monthOf('nonsense', [aLine({ date: '2025-03-04' })])).toBe('2025-03');
  });
});

describe('the dashboard', () => {
  test('names what needs somebody, the gravest first', () => {
    const currency: Currency = {
      ...nobody,
      standings: [
        {
          pilot: 'Ann',
          rule: 'r',
          allows: null,
          subject: null,
          verdict: 'lapsed',
          until: '2026-01-01',
          because: 'too long ago',
        },
      ],
    };
    const fleet = {
      grounded: [{ aircraft: 'Kestrel', reasons: ['cracked arm'] }],
      maintenance: [
        {
          plan_id: 'p',
          component_id: 'Props',
          title: 'Replace',
          due: 'soon',
          because: ['3 h left'],
          grounds: false,
        },
        { plan_id: 'p', component_id: 'Other', title: 'Replace', due: 'later', because: [], grounds: false },
      ],
    } as unknown as Fleet;
    const found = alerts(anOverview({ count: 2, without_pilot: 1 }), currency, fleet, []);
    expect(found.map(({ tone }) => tone)).toEqual(['bad', 'bad', 'info', 'info']);
    expect(found.map(({ what }) => what)).toEqual([
      'Kestrel must not fly',
      'Ann may not fly by r',
      'Replace: Props',
      '1 flight without a pilot',
    ]);
  });

  test('ids in sentences are short', () => {
    expect(shortIds(`hard_landing in flight ${'0123456789abcdef'.repeat(2)}`)).toBe(
      'hard landing in flight 01234567',
    );
  });
});

describe('the fleet', () => {
  const resistance = {
    quantity: 'resistance_ohm',
    value: 0.01,
    low: 0.009,
    high: 0.011,
    evidence: ['6 windows'],
  };

  test('no number without its unit and interval, and without one the reason', () => {
    expect(findingText(resistance)).toBe('10 mΩ (9 to 11)');
    expect(finding({ quantity: 'capacity_ah', why: 'current is not recorded' }).textContent).toContain(
      'current is not recorded',
    );
    expect(trendText({ quantity: 'capacity_ah', why: '5 are needed' })).toBe('5 are needed');
    expect(
      trendText({ quantity: 'capacity_ah', slope: -0.1, low: -0.2, high: 0.05, per: 'flight', count: 7 }),
    ).toBe('−0.1 Ah each flight (−0.2 to +0.05), from 7 flights');
  });

  test('a trend shows only flights that measure it and whose time is known', () => {
    const one = {
      known_by: 'B',
      flight: 'f',
      airborne_s: 1,
      least_v: null,
      percent_first: null,
      percent_last: null,
      temperature_c: null,
      drawn_ah: resistance,
      capacity: { quantity: 'capacity_ah', why: 'no' },
      resistance,
    };
    const flown = [
      { ...one, start: '2026-05-01T00:00:00Z' },
      { ...one, start: null },
    ];
    const points = measured(flown, (each) => each.resistance);
    expect(points.map(({ value, low, high }) => [value, low, high])).toEqual([[10, 9, 11]]);
    expect(measured(flown, (each) => each.capacity)).toEqual([]);
    expect(trend(points, 'mΩ', 'Resistance').querySelectorAll('circle')).toHaveLength(1);
    expect(trend([], 'mΩ', 'Resistance').textContent).toContain('No flight');
  });

  test('the marks of a scale are round and within it', () => {
    expect(ticks(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(5, 5)).toEqual([5]);
  });
});

describe('phases along a track', () => {
  const START = 1_000_000_000_000_000;
  const iso = (seconds: number) => new Date(START / 1000 + seconds * 1000).toISOString();
  const span = (phase: string, from: number, to: number) => ({
    phase,
    start: iso(from),
    end: iso(to),
    seconds: to - from,
    rows: [0, 1] as [number, number],
  });
  const event = (severity: 'info' | 'critical', at: number) => ({
    kind: 'k',
    severity,
    sentence: 's',
    start: iso(at),
    end: null,
    place: null,
    value: null,
    evidence: [],
    sources: [],
  });
  const found: Happened = {
    flight: 'f',
    utc: true,
    phases: [span('ground', 0, 10), span('climb', 10, 20), span('ground', 20, 30)],
    events: [event('info', 1), event('critical', 25)],
    wind: null,
  };
  const track = { t: [0, 5, 10, 15, 25, 40], startUs: START, timeIsUtc: true };

  test('are seconds of the replay; what any flight has is not marked', () => {
    const bands = bandsOf(found, track);
    expect(bands.spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 10],
      [10, 20],
      [20, 30],
    ]);
    expect(bands.marks).toEqual([{ at: 25, token: 'bad-ink' }]);
  });

  test('each sample is in the phase that begins with it, none after the last', () => {
    expect(phaseNumbers(found, track)).toEqual({ names: ['ground', 'climb'], values: [0, 0, 1, 1, 0, null] });
    expect(phaseSums(found.phases)).toEqual([
      { phase: 'ground', seconds: 20 },
      { phase: 'climb', seconds: 10 },
    ]);
  });

  test('a time on another clock than the track is nowhere in it', () => {
    expect(secondsOf(START + 5e6, { startUs: START, timeIsUtc: false })).toBe(5);
    expect(secondsOf(START + 5e6, track)).toBeNull();
    expect(secondsOf(null, track)).toBeNull();
  });
});
