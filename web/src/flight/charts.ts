/** Height, speed and battery over time: one cursor and one time span for all, shared with map and slider. */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { h } from '../dom/h';
import { type Colour, colours } from '../map/colours';
import { rangeOf } from '../map/ramp';
import { units } from '../state/settings';
import { duration, factor } from '../text/units';
import type { Bands } from './phases';
import { isKnown, numbers, type Track } from './track';

export interface ChartsListener {
  hovered(seconds: number | null): void;
  sought(seconds: number): void;
}

export interface Charts {
  element: HTMLElement;
  /** Move the line that marks the replay's time. */
  mark(seconds: number): void;
  close(): void;
}

interface Line {
  label: string;
  values: (number | null)[];
  colour: string;
}

/** Which values a chart shows at least. */
export interface Scaling {
  fromZero: boolean;
  most?: number;
}

interface Plan extends Scaling {
  title: string;
  unit: string;
  lines: Line[];
}

const LEFT = 56;
/** Height of the strip of phases at the top of each chart, in pixels of the page. */
const STRIP = 4;
const RIGHT = 14;

function scaled(values: (number | null)[], by: number): (number | null)[] {
  return by === 1 ? values : values.map((value) => (value === null ? null : value * by));
}

/** Which charts a track can fill. */
export function plans(track: Track, colour: Colour): Plan[] {
  const tall = factor('height', units.get());
  const fast = factor('speed', units.get());
  const height = {
    label: 'Height',
    values: scaled(numbers(track, 'height_m'), tall.by),
    colour: colour('chart-height'),
  };
  const speed = { label: 'Speed', values: scaled(track.speed, fast.by), colour: colour('chart-speed') };
  const battery = (name: string, label: string, token: string) => ({
    label,
    values: numbers(track, name),
    colour: colour(token),
  });
  const batteries = [
    battery('battery_percent', 'Battery 1', 'chart-battery'),
    battery('battery_percent_2', 'Battery 2', 'chart-battery-2'),
  ].filter((line) => isKnown(line.values));
  const volts = [
    battery('battery_voltage_v', 'Battery 1', 'chart-battery'),
    battery('battery_voltage_v_2', 'Battery 2', 'chart-battery-2'),
  ].filter((line) => isKnown(line.values));
  const power: Plan =
    batteries.length > 0
      ? { title: 'Battery', unit: '%', lines: batteries, fromZero: true, most: 100 }
      : { title: 'Battery', unit: 'V', lines: volts, fromZero: false };
  const all: Plan[] = [
    { title: 'Height above take-off', unit: tall.unit, lines: [height], fromZero: true },
    { title: 'Speed over ground', unit: fast.unit, lines: [speed], fromZero: true },
    power,
  ];
  return all.filter((plan) => plan.lines.some((line) => isKnown(line.values)));
}

export function makeCharts(track: Track, listener: ChartsListener, bands: Bands): Charts {
  const colour = colours();
  const made = plans(track, colour);
  const group = uPlot.sync(`track-${Math.random()}`);
  const charts = made.map((plan, i) =>
    makeChart(plan, { track, colour, group, listener, bands, last: i === made.length - 1 }),
  );
  const element = h('div', { class: 'charts' }, ...charts.map((chart) => chart.element));
  shareSpan(charts.map((chart) => chart.plot));
  let marked = 0;
  for (const { plot, playhead } of charts) {
    plot.hooks['draw'] = [() => place(plot, playhead, marked)]; // after a zoom the same time lies elsewhere
  }
  return {
    element,
    mark(seconds) {
      marked = seconds;
      for (const { plot, playhead } of charts) place(plot, playhead, seconds);
    },
    close() {
      for (const { plot, watch } of charts) {
        watch.disconnect();
        plot.destroy();
      }
    },
  };
}

/** Put the line that marks a moment where it belongs; hide it where that is out of sight. */
export function place(plot: uPlot, playhead: HTMLElement, seconds: number): void {
  const x = plot.valToPos(seconds, 'x');
  const inside = x >= -1 && x <= plot.over.clientWidth + 1;
  playhead.hidden = !inside;
  playhead.style.transform = `translateX(${x}px)`;
}

interface Setting {
  track: Track;
  colour: Colour;
  group: uPlot.SyncPubSub;
  listener: ChartsListener;
  bands: Bands;
  last: boolean;
}

function makeChart(plan: Plan, setting: Setting) {
  const { track } = setting;
  const playhead = h('div', { class: 'playhead' });
  const box = h('div', { class: setting.last ? 'plot last' : 'plot' });
  const legend = h('div', { class: 'plot-values' });
  const title = h('h3', {}, plan.title, h('span', { class: 'unit' }, ` ${plan.unit}`));
  const summary = spoken(plan);
  const element = h(
    'figure',
    { class: 'chart', attrs: { role: 'img', 'aria-label': summary } },
    h('figcaption', {}, title, legend),
    box,
  );
  const data = [track.t, ...plan.lines.map((line) => line.values)] as uPlot.AlignedData;
  const plot = new uPlot(
    options(plan, setting, (index) => writeValues(legend, plan, index)),
    data,
    box,
  );
  plot.over.append(playhead);
  seekOnPress(plot, setting.listener);
  const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
  watch.observe(box);
  writeValues(legend, plan, null);
  return { element, plot, playhead, watch };
}

/** What a chart shows, for those who do not see it. */
function spoken(plan: Plan): string {
  const parts = plan.lines.map((line) => {
    const range = rangeOf(line.values);
    return range ? `${line.label} from ${range.low.toFixed(1)} to ${range.high.toFixed(1)} ${plan.unit}` : '';
  });
  return `${plan.title} over time: ${parts.join('; ')}`;
}

function writeValues(where: HTMLElement, plan: Plan, index: number | null): void {
  where.replaceChildren(
    ...plan.lines.map((line) => {
      const value = index === null ? null : (line.values[index] ?? null);
      const swatch = h('span', { class: 'swatch' });
      swatch.style.background = line.colour;
      return h(
        'span',
        {},
        swatch,
        value === null ? line.label : `${line.label} ${value.toFixed(1)} ${plan.unit}`,
      );
    }),
  );
}

function options(plan: Plan, setting: Setting, cursor: (index: number | null) => void): uPlot.Options {
  const { colour, group, listener, last } = setting;
  const axis = {
    stroke: colour('ink-3'),
    grid: { stroke: colour('chart-grid'), width: 1 },
    ticks: { show: false },
  };
  const font = '12px "IBM Plex Sans Variable"';
  return {
    width: 600,
    height: last ? 110 : 88,
    padding: [6, RIGHT, last ? 0 : 4, 0],
    legend: { show: false },
    cursor: {
      sync: { key: group.key, setSeries: false },
      drag: { x: true, y: false, dist: 6 },
      points: { size: 7 },
    },
    scales: { x: { time: false }, y: { range: (_, low, high) => bounds(plan, low, high) } },
    axes: [
      {
        ...axis,
        font,
        show: true,
        size: last ? 26 : 0,
        gap: 2,
        values: (_, ticks) => ticks.map((s) => (last ? duration(s) : '')),
      },
      { ...axis, font, size: LEFT, gap: 6, space: 26 },
    ],
    series: [
      {},
      ...plan.lines.map((line) => ({
        label: line.label,
        stroke: line.colour,
        width: 1.6,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: {
      drawClear: [(plot) => paintBands(plot, setting.bands, colour)],
      setCursor: [
        (plot) => {
          const index = plot.cursor.idx ?? null;
          cursor(index);
          if (plot.cursor.event)
            listener.hovered(
              index === null || (plot.cursor.left ?? -1) < 0 ? null : (plot.data[0][index] ?? null),
            );
        },
      ],
    },
  };
}

/** Phases as a strip along the top, and a line at each event. */
function paintBands(plot: uPlot, { spans, marks }: Bands, colour: Colour): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  const inside = (seconds: number) =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(seconds, 'x', true)));
  ctx.save();
  for (const { from, to, token } of spans) {
    const [left, right] = [inside(from), inside(to)];
    ctx.fillStyle = colour(token);
    ctx.fillRect(left, bbox.top, right - left, STRIP * pixel);
  }
  for (const { at, token } of marks) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillStyle = colour(token);
    ctx.fillRect(x - pixel / 2, bbox.top, pixel, bbox.height);
  }
  ctx.restore();
}

/** The least and the greatest value of a chart's axis. */
export function bounds(plan: Scaling, low: number | null, high: number | null): [number, number] {
  const [least, most] = [low ?? 0, high ?? 1];
  const top = plan.most ?? most + (most - least || 1) * 0.08;
  return plan.fromZero ? [Math.min(0, least), Math.max(top, 1)] : [least - (most - least || 1) * 0.1, top];
}

/** A press without a drag goes to that time; a drag zooms, which uPlot does itself; a double press shows all. */
export function seekOnPress(plot: uPlot, listener: Pick<ChartsListener, 'sought'>): void {
  let from = 0;
  plot.over.addEventListener('pointerdown', (event) => {
    from = event.clientX;
  });
  plot.over.addEventListener('pointerup', (event) => {
    if (Math.abs(event.clientX - from) > 5) return;
    const x = event.clientX - plot.over.getBoundingClientRect().left;
    listener.sought(plot.posToVal(x, 'x'));
  });
}

/** Zooming one chart zooms all. */
export function shareSpan(plots: uPlot[]): void {
  let busy = false;
  for (const plot of plots) {
    const follow = (self: uPlot, key: string) => {
      const { min, max } = self.scales['x'] ?? {};
      if (busy || key !== 'x' || min == null || max == null) return;
      busy = true;
      for (const other of plots) if (other !== self) other.setScale('x', { min, max });
      busy = false;
    };
    plot.hooks['setScale'] = [...(plot.hooks['setScale'] ?? []), follow];
  }
}
