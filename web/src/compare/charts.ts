/** Height, speed and battery of several flights over the time since each took off, with one cursor for all. */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import type { Numbers } from '../api/types';
import { h } from '../dom/h';
import { bounds, place, type Scaling, seekOnPress, shareSpan } from '../flight/charts';
import { isKnown, numbers } from '../flight/track';
import { type Colour, colours } from '../map/colours';
import { rangeOf } from '../map/ramp';
import { units } from '../state/settings';
import { factor } from '../text/units';
import { LETTERS } from './ids';
import { type Laid, sinceText, timesOf, valueSince } from './lines';

export interface CompareCharts {
  element: HTMLElement;
  /** Put the common cursor at a time since take-off, and say what each flight had then. */
  mark(at: number): void;
  /** Only say what each flight had at a time. */
  tell(at: number): void;
  close(): void;
}

export interface CompareListener {
  hovered(at: number | null): void;
  sought(at: number): void;
}

interface Line {
  of: Laid;
  label: string;
  values: Numbers;
  dash: boolean;
}

export interface Plan extends Scaling {
  title: string;
  unit: string;
  lines: Line[];
}

const LEFT = 56;
const RIGHT = 14;
const DASH = [5, 4];
/** The table may still have a number, stated by the recorder or told from positions. */
const NONE = 'not in its track';
const FONT = '12px "IBM Plex Sans Variable"';

/** Which charts these flights can fill; a flight without a quantity has no line in its chart. */
export function plans(all: readonly Laid[]): Plan[] {
  const tall = factor('height', units.get());
  const fast = factor('speed', units.get());
  const line = (of: Laid, values: Numbers, by = 1, second = false): Line => ({
    of,
    label: `${LETTERS[of.index]}${second ? ' battery 2' : ''}`,
    values: by === 1 ? values : values.map((value) => (value === null ? null : value * by)),
    dash: second,
  });
  const battery = (name: string) =>
    all.flatMap((of) => [
      line(of, numbers(of.track, name)),
      line(of, numbers(of.track, `${name}_2`), 1, true),
    ]);
  const charge: Plan = {
    title: 'Battery',
    unit: '%',
    lines: battery('battery_percent'),
    fromZero: true,
    most: 100,
  };
  const volts: Plan = { title: 'Battery', unit: 'V', lines: battery('battery_voltage_v'), fromZero: false };
  const made: Plan[] = [
    {
      title: 'Height above take-off',
      unit: tall.unit,
      lines: all.map((of) => line(of, numbers(of.track, 'height_m'), tall.by)),
      fromZero: true,
    },
    {
      title: 'Speed over ground',
      unit: fast.unit,
      lines: all.map((of) => line(of, of.track.speed, fast.by)),
      fromZero: true,
    },
    charge.lines.some(({ values }) => isKnown(values)) ? charge : volts,
  ];
  return made
    .map((plan) => ({ ...plan, lines: plan.lines.filter(({ values }) => isKnown(values)) }))
    .filter((plan) => plan.lines.length > 0);
}

export function makeCharts(all: readonly Laid[], listener: CompareListener): CompareCharts {
  const colour = colours();
  const made = plans(all);
  const group = uPlot.sync(`compare-${Math.random()}`);
  const charts = made.map((plan, i) =>
    makeChart(plan, { all, colour, group, listener, last: i === made.length - 1 }),
  );
  shareSpan(charts.map(({ plot }) => plot));
  let marked = 0;
  for (const { plot, playhead } of charts) plot.hooks['draw'] = [() => place(plot, playhead, marked)];
  const tell = (at: number) => {
    for (const chart of charts) chart.tell(at);
  };
  return {
    element: h('div', { class: 'charts' }, ...charts.map(({ element }) => element)),
    mark(at) {
      marked = at;
      for (const { plot, playhead } of charts) place(plot, playhead, at);
      tell(at);
    },
    tell,
    close() {
      for (const { plot, watch } of charts) {
        watch.disconnect();
        plot.destroy();
      }
    },
  };
}

interface Setting {
  all: readonly Laid[];
  colour: Colour;
  group: uPlot.SyncPubSub;
  listener: CompareListener;
  last: boolean;
}

function makeChart(plan: Plan, setting: Setting) {
  const playhead = h('div', { class: 'playhead' });
  const box = h('div', { class: setting.last ? 'plot last' : 'plot' });
  const legend = h('div', { class: 'plot-values' });
  const title = h('h3', {}, plan.title, h('span', { class: 'unit' }, ` ${plan.unit}`));
  const element = h(
    'figure',
    { class: 'chart', attrs: { role: 'img', 'aria-label': spoken(plan, setting.all) } },
    h('figcaption', {}, title, legend),
    box,
  );
  // Samples of one flight lie between those of another: joined, a line goes on across what is only the other's time.
  const tables = plan.lines.map((line): uPlot.AlignedData => [timesOf(line.of), line.values]);
  const plot = new uPlot(options(plan, setting), uPlot.join(tables), box);
  plot.over.append(playhead);
  seekOnPress(plot, setting.listener);
  const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
  watch.observe(box);
  return { element, plot, playhead, watch, tell: (at: number) => tell(legend, plan, setting, at) };
}

/** The letters of the flights that have no line in a chart. */
function withoutLine(plan: Plan, all: readonly Laid[]): string[] {
  const missing = all.filter((of) => !plan.lines.some((line) => line.of === of));
  return missing.map(({ index }) => LETTERS[index] ?? '');
}

function tell(where: HTMLElement, plan: Plan, { colour, all }: Setting, at: number): void {
  const parts = plan.lines.map(({ of, label, values, dash }) => {
    const value = valueSince(of, values, at);
    const swatch = h('span', { class: dash ? 'swatch dashed' : 'swatch' });
    swatch.style.background = colour(`compare-${of.index + 1}`);
    return h('span', {}, swatch, value === null ? label : `${label} ${value.toFixed(1)}`);
  });
  const without = withoutLine(plan, all);
  const none =
    without.length > 0 ? h('span', { class: 'not-recorded' }, `${without.join(', ')}: ${NONE}`) : null;
  where.replaceChildren(...parts, ...(none ? [none] : []));
}

/** What a chart shows, for those who do not see it. */
function spoken(plan: Plan, all: readonly Laid[]): string {
  const parts = plan.lines.map(({ label, values }) => {
    const range = rangeOf(values);
    return range ? `${label} from ${range.low.toFixed(1)} to ${range.high.toFixed(1)} ${plan.unit}` : '';
  });
  const without = withoutLine(plan, all).map((letter) => `${letter}: ${NONE}`);
  return `${plan.title} over the time since take-off: ${[...parts, ...without].filter(Boolean).join('; ')}`;
}

function options(plan: Plan, { colour, group, listener, last }: Setting): uPlot.Options {
  const axis = {
    stroke: colour('ink-3'),
    grid: { stroke: colour('chart-grid'), width: 1 },
    ticks: { show: false },
    font: FONT,
  };
  const hovered = (plot: uPlot) => {
    const left = plot.cursor.left ?? -1;
    if (plot.cursor.event) listener.hovered(left < 0 ? null : plot.posToVal(left, 'x'));
  };
  const times = (_: uPlot, ticks: number[]) => ticks.map((s) => (last ? sinceText(s) : ''));
  return {
    width: 600,
    height: last ? 110 : 88,
    padding: [6, RIGHT, last ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      sync: { key: group.key, setSeries: false },
      drag: { x: true, y: false, dist: 6 },
      points: { show: false },
    },
    scales: { x: { time: false }, y: { range: (_, low, high) => bounds(plan, low, high) } },
    axes: [
      { ...axis, show: true, size: last ? 26 : 0, gap: 2, values: times },
      { ...axis, size: LEFT, gap: 6, space: 26 },
    ],
    series: [
      {},
      ...plan.lines.map(({ of, label, dash }) => ({
        label,
        stroke: colour(`compare-${of.index + 1}`),
        width: 1.6,
        points: { show: false },
        ...(dash ? { dash: DASH } : {}),
      })),
    ],
    hooks: { setCursor: [hovered] },
  };
}
