/** Measurements over time, each with its interval, as a small drawing; the same numbers stand in the table beside it. */
import { h } from '../dom/h';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDE, TALL, LEFT, RIGHT, TOP, BOTTOM] = [560, 190, 54, 12, 12, 24];

export interface Measured {
  /** Milliseconds since 1970. */
  at: number;
  value: number;
  low: number;
  high: number;
  title: string;
}

/** Round steps that cover a span: at most so many. */
export function ticks(low: number, high: number, most = 5): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= raw) ?? raw;
  const found: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(at * step);
  return found;
}

export function trend(points: readonly Measured[], unit: string, label: string): HTMLElement {
  const sorted = [...points].sort((a, b) => a.at - b.at);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return h('p', { class: 'quiet-text' }, 'No flight with a known time measures it.');
  const low = Math.min(...sorted.map((p) => p.low));
  const high = Math.max(...sorted.map((p) => p.high));
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  const [from, to] = [Math.max(0, low - pad), high + pad];
  const x = (at: number) =>
    last.at === first.at
      ? (LEFT + WIDE - RIGHT) / 2
      : LEFT + 8 + ((at - first.at) / (last.at - first.at)) * (WIDE - LEFT - RIGHT - 16);
  const y = (value: number) => TOP + (1 - (value - from) / (to - from)) * (TALL - TOP - BOTTOM);
  const svg = shape('svg', {
    viewBox: `0 0 ${WIDE} ${TALL}`,
    class: 'trend',
    role: 'img',
    'aria-label': `${label}: ${sorted.length} flights, from ${low.toPrecision(3)} to ${high.toPrecision(3)} ${unit}`,
  });
  for (const tick of ticks(from, to)) {
    const at = y(tick);
    svg.append(
      shape('line', { class: 'tick', x1: LEFT, x2: WIDE - RIGHT, y1: at, y2: at }),
      words(LEFT - 6, at + 4, 'end', String(Number(tick.toPrecision(4)))),
    );
  }
  svg.append(
    shape('rect', {
      class: 'frame',
      x: LEFT,
      y: TOP,
      width: WIDE - LEFT - RIGHT,
      height: TALL - TOP - BOTTOM,
    }),
  );
  for (const p of sorted) {
    const at = x(p.at);
    const dot = shape('circle', { class: 'point', cx: at, cy: y(p.value), r: 3.4 });
    const title = shape('title', {});
    title.textContent = p.title;
    dot.append(title);
    svg.append(shape('line', { class: 'interval', x1: at, x2: at, y1: y(p.low), y2: y(p.high) }), dot);
  }
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  svg.append(words(LEFT, TALL - 6, 'start', day(first.at)));
  if (last.at !== first.at) svg.append(words(WIDE - RIGHT, TALL - 6, 'end', day(last.at)));
  return h(
    'figure',
    { class: 'trend-box' },
    h('h3', {}, label, h('span', { class: 'unit' }, ` ${unit}, with its 95 % interval; days in UTC`)),
    svg,
  );
}

function shape(name: string, attrs: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attrs)) made.setAttribute(key, String(value));
  return made;
}

function words(x: number, y: number, anchor: string, text: string): SVGElement {
  const made = shape('text', { x, y, 'text-anchor': anchor });
  made.textContent = text;
  return made;
}
