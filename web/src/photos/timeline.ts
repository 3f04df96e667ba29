/** When the photos of the current question were taken: bars of time, pressed or dragged over to narrow it. */
import '../styles/timeline.css';
import { ask } from '../api/client';
import { fill, h } from '../dom/h';
import { button } from '../dom/parts';
import { inUtc } from '../text/times';
import { count } from '../text/units';

const DAY_S = 86_400;
const HOUR_S = 3600;

export interface PhotoTimes {
  step_s: number;
  bars: { utc: string | null; photos: number }[];
  undated: number;
}

export interface Bar {
  /** Seconds since 1970. */
  from: number;
  photos: number;
}

/** Every bar from the first to the last, also those without photos. */
export function everyBar(times: PhotoTimes): Bar[] {
  const step = times.step_s;
  const known = times.bars.flatMap(({ utc, photos }) =>
    utc ? [{ from: Math.round(Date.parse(utc) / 1000), photos }] : [],
  );
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || step <= 0) return [];
  const found = new Map(known.map((bar) => [Math.round((bar.from - first.from) / step), bar.photos]));
  const total = Math.round((last.from - first.from) / step) + 1;
  return Array.from({ length: total }, (_, i) => ({
    from: first.from + i * step,
    photos: found.get(i) ?? 0,
  }));
}

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

/** What an address says of a time: whole days where the bars are of days, for then the fields of dates can show it. */
export function spanOf(first: Bar, last: Bar, step: number): { from: string; to: string } {
  const end = last.from + step;
  if (step % DAY_S === 0) return { from: iso(first.from).slice(0, 10), to: iso(end - DAY_S).slice(0, 10) };
  return { from: `${iso(first.from).slice(0, 19)}Z`, to: `${iso(end).slice(0, 19)}Z` };
}

/** A time of a bar in words, no finer than bars are long. */
function words(seconds: number, step: number): string {
  const at = inUtc(iso(seconds));
  if (!at) return '';
  return step >= DAY_S ? at.date : `${at.date} ${at.clock.slice(0, 5)}`;
}

export function barText(bar: Bar, step: number): string {
  const photos = `${count(bar.photos)} ${bar.photos === 1 ? 'photo' : 'photos'}`;
  const end = step > DAY_S ? ` to ${words(bar.from + step - DAY_S, step)}` : '';
  const until = step < DAY_S ? ` to ${words(bar.from + step, step).slice(11)}` : end;
  return `${words(bar.from, step)}${until}: ${photos}`;
}

export interface TimelineListener {
  narrowed(from: string, to: string): void;
  widened(): void;
}

export class Timeline {
  readonly element = h('section', { class: 'timeline', attrs: { 'aria-label': 'When they were taken' } });
  private readonly strip = h('div', { class: 'timeline-strip', attrs: { role: 'toolbar' } });
  private readonly about = h('span', { class: 'timeline-about', attrs: { role: 'status' } });
  private readonly ends = [h('span', {}), h('span', {})] as const;
  private readonly wider = button({
    label: 'All times',
    kind: 'quiet',
    press: () => this.listener.widened(),
  });
  private bars: Bar[] = [];
  private cells: HTMLElement[] = [];
  private step = 0;
  private began = -1;
  private chosen: [number, number] | null = null;
  private asking = new AbortController();

  constructor(private readonly listener: TimelineListener) {
    this.strip.setAttribute(
      'aria-label',
      'Bars of time. Arrow keys move, Shift chooses several, Enter narrows.',
    );
    this.strip.addEventListener('pointerdown', (event) => this.down(event));
    this.strip.addEventListener('pointermove', (event) => this.move(event));
    this.strip.addEventListener('pointerup', (event) => this.up(event));
    this.strip.addEventListener('pointercancel', () => this.choose(null));
    this.strip.addEventListener('keydown', (event) => this.key(event));
    this.strip.addEventListener('pointerleave', () => this.began < 0 && this.tell());
    fill(
      this.element,
      this.strip,
      h('div', { class: 'timeline-foot' }, this.ends[0], this.about, this.ends[1]),
      this.wider,
    );
    this.element.hidden = true;
  }

  async ask(question: URLSearchParams): Promise<void> {
    this.asking.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const times = await ask<PhotoTimes>(`/photos/times?${question}`, { signal });
      if (!signal.aborted) this.show(times, question.has('from') || question.has('to'));
    } catch {
      this.element.hidden = true; // the list says what is wrong
    }
  }

  show(times: PhotoTimes, narrowed: boolean): void {
    this.bars = everyBar(times);
    this.step = times.step_s;
    this.chosen = null;
    this.began = -1;
    this.wider.hidden = !narrowed;
    this.element.hidden = this.bars.length === 0 && !narrowed;
    const top = Math.max(1, ...this.bars.map(({ photos }) => photos));
    this.cells = this.bars.map((bar, i) => this.cell(bar, i, top));
    fill(this.strip, ...this.cells);
    const [first, last] = [this.bars[0], this.bars.at(-1)];
    this.ends[0].textContent = first ? words(first.from, this.step) : '';
    this.ends[1].textContent = last && last !== first ? words(last.from, this.step) : '';
    this.tell();
  }

  private cell(bar: Bar, i: number, top: number): HTMLElement {
    const cell = h('button', {
      class: 'timeline-bar',
      attrs: { type: 'button', tabindex: i === 0 ? 0 : -1, 'aria-label': barText(bar, this.step) },
      onfocus: () => this.tell(i),
    });
    const part = bar.photos === 0 ? 0 : Math.max(0.08, Math.sqrt(bar.photos / top));
    cell.style.setProperty('--part', part.toFixed(3));
    return cell;
  }

  /** Say what is pointed at, or where nothing is, what the bars are. */
  private tell(i = -1): void {
    const [low, high] = this.chosen ?? [i, i];
    const [first, last] = [this.bars[low], this.bars[high]];
    if (!first || !last) {
      this.about.textContent = this.bars.length > 0 ? `by ${stepText(this.step)}, UTC or camera's clock` : '';
    } else if (first === last) this.about.textContent = barText(first, this.step);
    else {
      const photos = this.bars.slice(low, high + 1).reduce((sum, each) => sum + each.photos, 0);
      this.about.textContent = `${words(first.from, this.step)} to ${words(last.from + this.step, this.step)}: ${count(photos)}`;
    }
  }

  private at(event: PointerEvent): number {
    const box = this.strip.getBoundingClientRect();
    const part = box.width > 0 ? (event.clientX - box.left) / box.width : 0;
    return Math.min(this.bars.length - 1, Math.max(0, Math.floor(part * this.bars.length)));
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0 || this.bars.length === 0) return;
    this.strip.setPointerCapture?.(event.pointerId);
    this.began = this.at(event);
    this.choose([this.began, this.began]);
  }

  private move(event: PointerEvent): void {
    const here = this.at(event);
    if (this.began < 0) this.tell(here);
    else this.choose([Math.min(this.began, here), Math.max(this.began, here)]);
  }

  private up(event: PointerEvent): void {
    if (this.began < 0) return;
    this.move(event);
    this.narrow();
  }

  private key(event: KeyboardEvent): void {
    const here = this.cells.indexOf(event.target as HTMLElement);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: this.cells.length - 1 }[event.key];
    if (event.key === 'Enter' || event.key === ' ') {
      if (!this.chosen) this.choose([here, here]);
      this.narrow();
    } else if (event.key === 'Escape' && this.chosen) this.choose(null);
    else if (to !== undefined) this.go(here, to, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private go(here: number, to: number, choosing: boolean): void {
    const cell = this.cells[to];
    if (!cell) return;
    const from = this.chosen ? (here === this.chosen[0] ? this.chosen[1] : this.chosen[0]) : here;
    this.choose(choosing ? [Math.min(from, to), Math.max(from, to)] : null);
    for (const each of this.cells) each.tabIndex = each === cell ? 0 : -1;
    cell.focus();
  }

  private choose(chosen: [number, number] | null): void {
    this.chosen = chosen;
    if (!chosen) this.began = -1;
    this.cells.forEach((cell, i) => {
      cell.classList.toggle('chosen', chosen !== null && i >= chosen[0] && i <= chosen[1]);
    });
    this.tell();
  }

  private narrow(): void {
    const [first, last] = [this.bars[this.chosen?.[0] ?? -1], this.bars[this.chosen?.[1] ?? -1]];
    this.choose(null);
    if (!first || !last) return;
    const { from, to } = spanOf(first, last, this.step);
    this.listener.narrowed(from, to);
  }
}

function stepText(step: number): string {
  if (step >= DAY_S) return step === DAY_S ? 'day' : `${step / DAY_S} days`;
  if (step >= HOUR_S) return step === HOUR_S ? 'hour' : `${step / HOUR_S} hours`;
  return step === 60 ? 'minute' : `${step / 60} minutes`;
}
