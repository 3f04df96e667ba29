/** Small parts of the page of fields: labelled controls, numbers, files, the legend with its histogram. */
import { type Child, h } from '../dom/h';
import { button } from '../dom/parts';
import type { Layer } from './types';

const SVG = 'http://www.w3.org/2000/svg';
const WIDE = 300;
const HIGH = 56;

export function labelled(label: string, control: HTMLElement, unit = ''): HTMLElement {
  const tick = control.matches('input[type="checkbox"]');
  const name = h('span', {}, unit ? `${label}, ${unit}` : label);
  return h('label', { class: tick ? 'crop-label crop-tick' : 'crop-label' }, name, control);
}

export function input(name: string, type = 'text', attrs: Record<string, string | number> = {}) {
  return h('input', { attrs: { name, type, ...attrs } });
}

export function numberInput(name: string, attrs: Record<string, string | number> = {}) {
  return input(name, 'number', { step: 'any', min: 0, ...attrs });
}

export function select(name: string, options: readonly (readonly [value: string, label: string])[]) {
  const made = h('select', { attrs: { name } });
  setOptions(made, options);
  return made;
}

export function setOptions(
  element: HTMLSelectElement,
  options: readonly (readonly [value: string, label: string])[],
  chosen = element.value,
): void {
  element.replaceChildren(...options.map(([value, label]) => h('option', { attrs: { value } }, label)));
  if (options.some(([value]) => value === chosen)) element.value = chosen;
}

/** A number that was typed; undefined where the field is empty or makes no sense. */
export function typed(element: HTMLInputElement): number | undefined {
  const value = element.value.trim() === '' ? Number.NaN : Number(element.value);
  return Number.isFinite(value) ? value : undefined;
}

export function fileButton(label: string, accept: string, chosen: (file: File) => void): HTMLElement {
  const hidden = h('input', {
    class: 'unseen',
    attrs: { type: 'file', accept, 'aria-label': label, tabindex: -1 },
  });
  hidden.addEventListener('change', () => {
    const file = hidden.files?.[0];
    hidden.value = '';
    if (file) chosen(file);
  });
  return h('span', {}, button({ label, icon: 'file', press: () => hidden.click() }), hidden);
}

/** About three figures, as people read numbers of any size. */
export function figures(value: number | null | undefined): string {
  if (value == null) return '–';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

export function list(items: readonly Child[], classes = ''): HTMLElement {
  return h('ul', { class: classes }, ...items.map((each) => h('li', {}, each)));
}

function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attrs: Record<string, string | number>,
  ...children: Node[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** How values are spread, over the colours that they have: bars above, the scale below. */
export function legend(layer: Layer, low: number, high: number): HTMLElement {
  const most = Math.max(1, ...layer.bars);
  const at = (value: number) => ((value - low) / (high - low)) * WIDE;
  const bars = layer.bars.map((count, i) => {
    const [from, to] = [at(layer.edges[i] ?? low), at(layer.edges[i + 1] ?? high)];
    const tall = (count / most) * HIGH;
    return svg('rect', { x: from, y: HIGH - tall, width: Math.max(0.5, to - from), height: tall });
  });
  const id = `scale-${layer.layer}`;
  const stops = layer.stops.map((colour, i) =>
    svg('stop', { offset: i / (layer.stops.length - 1), 'stop-color': colour }),
  );
  const chart = svg(
    'svg',
    {
      viewBox: `0 0 ${WIDE} ${HIGH + 16}`,
      class: 'crop-histogram',
      preserveAspectRatio: 'none',
      role: 'img',
    },
    svg('defs', {}, svg('linearGradient', { id }, ...stops)),
    svg('g', { class: 'crop-bars' }, ...bars),
    svg('rect', { x: 0, y: HIGH + 3, width: WIDE, height: 13, fill: `url(#${id})` }),
  );
  const unit = layer.unit ? ` ${layer.unit}` : '';
  chart.setAttribute(
    'aria-label',
    `${layer.title}: ${figures(low)} to ${figures(high)}${unit}; mean ${figures(layer.mean)}`,
  );
  const ends = h(
    'div',
    { class: 'crop-scale' },
    h('span', {}, figures(low)),
    h('span', { class: 'quiet-text' }, `mean ${figures(layer.mean)}, σ ${figures(layer.deviation)}${unit}`),
    h('span', {}, figures(high)),
  );
  return h(
    'figure',
    { class: 'crop-legend', data: { layer: layer.layer } },
    h('figcaption', {}, `${layer.title}${unit && `, ${layer.unit}`}`),
    chart,
    ends,
  );
}
