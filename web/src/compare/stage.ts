/** What is under the map: the charts, and the slider that moves the common cursor by keys as by hand. */
import { fill, h } from '../dom/h';
import { isDark, units } from '../state/settings';
import { type CompareCharts, makeCharts } from './charts';
import { LETTERS } from './ids';
import type { CompareLayer } from './layer';
import { type Laid, pathOf, placeSince, sinceText, spanOf } from './lines';

const PAGE_S = 10;

export class Stage {
  readonly element: HTMLElement;
  private charts: CompareCharts | null = null;
  private readonly slot = h('div', { class: 'charts-slot' });
  private readonly now = h('strong', { class: 'now' });
  private readonly slider: HTMLInputElement;
  private at = 0;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly all: readonly Laid[],
    without: readonly string[],
    private readonly layer: CompareLayer,
  ) {
    const { from, to } = spanOf(all);
    const attrs = {
      type: 'range',
      id: 'time-slider', // drawn as that of the flight page, which is never in the page together with this one
      min: from.toFixed(1),
      max: to.toFixed(1),
      step: 0.1,
      'aria-label': 'Time since take-off',
    };
    this.slider = h('input', { attrs, oninput: () => this.seek(Number(this.slider.value)) });
    this.slider.addEventListener('keydown', (event) => this.step(event));
    const unsure = all.filter(({ fromFirst }) => fromFirst).map(({ index }) => LETTERS[index]);
    const absent = without.length > 0 ? `Without a track: ${without.join(', ')}. ` : '';
    const note =
      unsure.length > 0 ? `Take-off of ${unsure.join(', ')} not recorded: from the first sample.` : '';
    this.element = h(
      'section',
      { class: 'compare-stage', attrs: { 'aria-label': 'Charts' } },
      h(
        'div',
        { class: 'compare-clock' },
        this.now,
        h('span', { class: 'of' }, 'since take-off'),
        h('span', { class: 'second' }, absent, note),
      ),
      h('div', { class: 'slider-line' }, this.slider),
      this.slot,
    );
    this.stops.push(units.watch(() => this.draw()));
    this.stops.push(isDark.watch(() => this.draw()));
  }

  /** Draw the tracks and bring them into sight: when the stage stands in the page, for then the map has its size. */
  look(): void {
    this.layer.show(this.all.map(({ index, track }) => ({ index, parts: pathOf(track) })));
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.charts?.close();
  }

  private draw(): void {
    this.charts?.close();
    this.charts = makeCharts(this.all, {
      hovered: (at) => this.point(at ?? this.at),
      sought: (at) => this.seek(at),
    });
    fill(this.slot, this.charts.element);
    this.seek(this.at);
  }

  private seek(at: number): void {
    const { from, to } = spanOf(this.all);
    this.at = Math.max(from, Math.min(to, at));
    this.slider.value = String(this.at);
    this.slider.style.setProperty('--done', `${((this.at - from) / Math.max(to - from, 0.1)) * 100}%`);
    this.charts?.mark(this.at);
    this.point(this.at);
  }

  /** Show a moment in words and on the map, wherever the cursor itself stands. */
  private point(at: number): void {
    this.charts?.tell(at);
    this.now.textContent = sinceText(at);
    this.slider.setAttribute('aria-valuetext', `${sinceText(at)} since take-off`);
    const dots = this.all.flatMap((of) => {
      const place = placeSince(of, at);
      return place ? [{ index: of.index, at: place }] : [];
    });
    this.layer.dots(dots);
  }

  /** One second by an arrow, ten with Shift or a page key: a step of the slider itself is too fine for a hand. */
  private step(event: KeyboardEvent): void {
    const by: Record<string, number> = {
      ArrowLeft: event.shiftKey ? -PAGE_S : -1,
      ArrowRight: event.shiftKey ? PAGE_S : 1,
      PageDown: -PAGE_S,
      PageUp: PAGE_S,
    };
    const seconds = by[event.key];
    if (seconds === undefined) return;
    event.preventDefault();
    this.seek(this.at + seconds);
  }
}
