/** Planning: what is drawn, which answer counts, and what is shown of a plan. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { LonLat } from '../src/api/types';
import { PlanForm } from '../src/plan/form';
import { PATTERNS } from '../src/plan/form-options';
import { footprint } from '../src/plan/layer';
import { outlines, profileChart } from '../src/plan/profile';
import { Replanner } from '../src/plan/replanner';
import { Checks, inPageWords, keptOf } from '../src/plan/results';
import { isInside, middles, Sketch } from '../src/plan/sketch';

const SQUARE: LonLat[] = [
  [8, 47],
  [8.01, 47],
  [8.01, 47.01],
  [8, 47.01],
];
const INNER: LonLat[] = [
  [8.004, 47.004],
  [8.006, 47.004],
  [8.006, 47.006],
];

describe('a sketch', () => {
  let sketch: Sketch;
  beforeEach(() => {
    sketch = new Sketch();
  });

  test('gives each hole to the area that holds it, and keep-outs and home apart', () => {
    sketch.add('area', SQUARE);
    sketch.add('hole', INNER);
    sketch.add('keep-out', INNER);
    sketch.add('home', [[8, 47]]);
    expect(sketch.drawn()).toEqual({ areas: [[SQUARE, INNER]], lines: [], points: [] });
    expect(sketch.keepOuts()).toEqual([[INNER]]);
    expect(sketch.home()).toEqual([8, 47]);
  });

  test('has one home only', () => {
    sketch.add('home', [[8, 47]]);
    sketch.add('home', [[9, 48]]);
    expect(sketch.home()).toEqual([9, 48]);
    expect(sketch.shapes).toHaveLength(1);
  });

  test('takes nothing with too few corners', () => {
    expect(sketch.add('area', SQUARE.slice(0, 2))).toBeNull();
    expect(sketch.canUndo).toBe(false);
  });

  test('undoes a whole drag as one step, and does it again', () => {
    const id = sketch.add('area', SQUARE)?.id ?? 0;
    sketch.hold();
    for (const lon of [8.001, 8.002, 8.003]) sketch.drag(id, 0, [lon, 47]);
    expect(sketch.shapes[0]?.points[0]).toEqual([8.003, 47]);
    sketch.undo();
    expect(sketch.shapes[0]?.points[0]).toEqual([8, 47]);
    sketch.redo();
    expect(sketch.shapes[0]?.points[0]).toEqual([8.003, 47]);
    sketch.undo();
    sketch.undo();
    expect(sketch.shapes).toEqual([]);
  });

  test('loses the whole shape with the last corner that it needs', () => {
    const id = sketch.add('area', SQUARE)?.id ?? 0;
    sketch.remove(id, 0);
    expect(sketch.shapes[0]?.points).toHaveLength(3);
    sketch.remove(id, 0);
    expect(sketch.shapes).toEqual([]);
  });

  test('takes closed rings of a file over without their last corner, as one step', () => {
    sketch.load({ areas: [[[...SQUARE, [8, 47]]]], lines: [], points: [[8, 47]] });
    expect(sketch.drawn().areas).toEqual([[SQUARE]]);
    sketch.undo();
    expect(sketch.shapes).toEqual([]);
  });

  test('offers new corners in the middle of each side, of a ring round', () => {
    const ring = sketch.add('area', SQUARE);
    const line = sketch.add('line', SQUARE);
    expect(ring && middles(ring).map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    expect(line && middles(line)).toHaveLength(3);
    expect(ring && middles(ring)[3]?.at[1]).toBeCloseTo(47.005, 9);
  });

  test('knows inside from outside', () => {
    expect(isInside([8.005, 47.005], SQUARE)).toBe(true);
    expect(isInside([8.011, 47.005], SQUARE)).toBe(false);
  });
});

describe('planning anew', () => {
  function setUp() {
    const waiting: { asked: string; answer: (text: string) => void; fail: (error: Error) => void }[] = [];
    const shown: string[] = [];
    const failed = vi.fn();
    const busy: boolean[] = [];
    const replanner = new Replanner<string>(
      {
        ask: (asked) =>
          new Promise((answer, fail) =>
            waiting.push({ asked, answer: answer as (text: string) => void, fail }),
          ),
        show: (answer) => shown.push(answer as string),
        failed,
        busy: (yes) => busy.push(yes),
      },
      0,
    );
    return { waiting, shown, failed, busy, replanner };
  }
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));

  test('sends one request at a time while dragging, and of what came meanwhile the newest', async () => {
    const { waiting, shown, replanner } = setUp();
    for (const asked of ['a', 'b', 'c']) replanner.soon(asked);
    expect(waiting.map((each) => each.asked)).toEqual(['a']);
    waiting[0]?.answer('A');
    await rest();
    expect(waiting.map((each) => each.asked)).toEqual(['a', 'c']);
    waiting[1]?.answer('C');
    await rest();
    expect(shown).toEqual(['A', 'C']);
  });

  test('drops the answer of a drag that has ended', async () => {
    const { waiting, shown, replanner } = setUp();
    replanner.soon('quick');
    replanner.settle('whole');
    await rest();
    waiting[0]?.answer('old');
    waiting[1]?.answer('new');
    await rest();
    expect(shown).toEqual(['new']);
  });

  test('says nothing of a request that was given up, and what went wrong with one that was not', async () => {
    const { waiting, failed, busy, replanner } = setUp();
    replanner.soon('a');
    replanner.drop();
    waiting[0]?.fail(new Error('given up'));
    await rest();
    expect(failed).not.toHaveBeenCalled();
    replanner.soon('b');
    waiting[1]?.fail(new Error('broken'));
    await rest();
    expect(failed).toHaveBeenCalledOnce();
    expect(busy.at(-1)).toBe(false);
  });
});

describe('the form', () => {
  test('asks for the numbers of its pattern only, and leaves empty ones out', () => {
    const form = new PlanForm(() => undefined);
    form.choose({ cameras: [{ name: 'One' }], aircraft: [], checks: [], formats: [] });
    const numbers = form.numbers();
    expect(numbers).toMatchObject({
      pattern: 'survey',
      camera: 'One',
      height_m: 60,
      frontlap: 75,
      reserve: 25,
    });
    expect(numbers.how).toEqual({ turnaround_m: 0, crosshatch: false });
    expect(numbers).not.toHaveProperty('distance_limit_m');
  });

  test('shows the fields of each pattern alone', () => {
    const form = new PlanForm(() => undefined);
    const choice = form.element.querySelector<HTMLSelectElement>('select[name="pattern"]');
    for (const [pattern] of PATTERNS) {
      if (choice) choice.value = pattern;
      choice?.dispatchEvent(new Event('input', { bubbles: true }));
      expect(form.chosen).toBe(pattern);
      const hidden = [...form.element.querySelectorAll<HTMLElement>('.plan-fields')].filter(
        (each) => each.hidden,
      );
      expect(hidden).toHaveLength(PATTERNS.length - 1);
    }
  });
});

test('a photo shows its long side across the heading', () => {
  const east = footprint([8, 0, 100, 90], { across: 1.5, along: 1 });
  const span = (axis: 0 | 1) =>
    Math.max(...east.map((at) => at[axis])) - Math.min(...east.map((at) => at[axis]));
  expect(span(0) * 111_320).toBeCloseTo(100, 6);
  expect(span(1) * 111_320).toBeCloseTo(150, 6);
});

test('the profile draws the way above the ground, over its whole length', () => {
  const profile = { along_m: [0, 50, 100], height_m: [0, 60, 0], ground_m: [0, -40, null] };
  const { way, ground, low, high, long } = outlines(profile);
  expect([low, high, long]).toEqual([-40, 60, 100]);
  expect(way).toBe('M0.0 60.0L500.0 0.0L1000.0 60.0');
  expect(ground).toBe('M0 100L0.0 60.0L500.0 100.0L1000 100Z');
  expect(profileChart({ ...profile, ground_m: null }).textContent).toContain('Level ground assumed');
});

describe('what an opened mission did', () => {
  const lost = [{ waypoint: 1, does: 'hover seconds 2.0' }];

  test('is told where it was kept, and named where its waypoint is no more', () => {
    const leaveOut = vi.fn();
    const told = keptOf({ actions: 3, lost, lost_count: 5 }, leaveOut);
    expect(told?.textContent).toContain('3 actions of the opened mission are kept.');
    expect(told?.textContent).toContain('5 could not be kept: their waypoints are no more.');
    expect([...(told?.querySelectorAll('li') ?? [])].map((each) => each.textContent)).toEqual([
      'waypoint 1 of the file, counted from 0: hover seconds 2.0',
      'and 4 more',
    ]);
    told?.querySelector('button')?.click();
    expect(leaveOut).toHaveBeenCalledOnce();
  });

  test('is not spoken of where there was nothing', () => {
    expect(keptOf({ actions: 0, lost: [], lost_count: 0 }, () => {})).toBeNull();
    expect(keptOf({ actions: 1, lost: [], lost_count: 0 }, () => {})?.querySelector('li')).toBeNull();
  });
});

describe('checks', () => {
  const finding = { check: 'height', outcome: 'failed' as const, reason: 'Too high.', lon: null, lat: null };

  test('a failed one asks for a reason, and keeps it when the plan is made anew', () => {
    const checks = new Checks(() => undefined);
    checks.show([finding]);
    const input = checks.element.querySelector('input');
    if (input) input.value = ' permit 12 ';
    input?.dispatchEvent(new Event('input'));
    checks.show([{ ...finding, reason: 'Still too high.' }]);
    expect(checks.element.querySelector('input')?.value).toBe(' permit 12 ');
    expect(checks.overrides()).toEqual([{ check: 'height', reason: 'permit 12' }]);
  });

  test('failed ones come first', () => {
    const checks = new Checks(() => undefined);
    checks.show([{ ...finding, check: 'sun', outcome: 'passed' }, finding]);
    expect(checks.element.querySelector('li')?.dataset['check']).toBe('height');
  });

  test('advice names the page’s fields, not the shell’s options', () => {
    expect(inPageWords('No elevation model was named: add --terrain DEM.tif.')).toBe(
      'Choose an elevation model.',
    );
    expect(inPageWords('Something else.')).toBe('Something else.');
  });
});
