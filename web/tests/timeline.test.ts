/** The timeline: every bar stands, what is chosen becomes an address, by pointer and by keys. */
import { describe, expect, test, vi } from 'vitest';
import { type Bar, barText, everyBar, type PhotoTimes, spanOf, Timeline } from '../src/photos/timeline';

const DAYS: PhotoTimes = {
  step_s: 86_400,
  bars: [
    { utc: '2026-05-01T00:00:00Z', photos: 4 },
    { utc: '2026-05-04T00:00:00Z', photos: 1 },
  ],
  undated: 0,
};
const HOURS: PhotoTimes = {
  step_s: 3600,
  bars: [
    { utc: '2026-05-01T22:00:00Z', photos: 2 },
    { utc: '2026-05-02T00:00:00Z', photos: 1 },
  ],
  undated: 3,
};

function made(times: PhotoTimes, narrowed = false) {
  const listener = { narrowed: vi.fn(), widened: vi.fn() };
  const line = new Timeline(listener);
  document.body.replaceChildren(line.element);
  line.show(times, narrowed);
  const bars = [...line.element.querySelectorAll<HTMLElement>('.timeline-bar')];
  const press = (at: HTMLElement | undefined, key: string, shiftKey = false) =>
    at?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
  return { listener, line, bars, press };
}

describe('the bars', () => {
  test('stand for every step from the first to the last', () => {
    expect(everyBar(DAYS).map(({ photos }) => photos)).toEqual([4, 0, 0, 1]);
    expect(everyBar({ ...DAYS, bars: [] })).toEqual([]);
  });

  test('say when and how many', () => {
    expect(barText({ from: Date.parse('2026-05-01T22:00:00Z') / 1000, photos: 1 }, 3600)).toBe(
      '2026-05-01 22:00 to 23:00: 1 photo',
    );
    expect(barText({ from: Date.parse('2026-05-01T00:00:00Z') / 1000, photos: 2000 }, 7 * 86_400)).toBe(
      '2026-05-01 to 2026-05-07: 2,000 photos',
    );
  });

  test('become days where they are days, and times of UTC where they are shorter', () => {
    const [ofDays, ofHours] = [everyBar(DAYS), everyBar(HOURS)];
    const span = (bars: Bar[], step: number) => {
      const [first, last] = [bars[0], bars.at(-1)];
      return first && last && spanOf(first, last, step);
    };
    expect(span(ofDays, 86_400)).toEqual({ from: '2026-05-01', to: '2026-05-04' });
    expect(span(ofHours, 3600)).toEqual({
      from: '2026-05-01T22:00:00Z',
      to: '2026-05-02T01:00:00Z',
    });
  });
});

describe('choosing', () => {
  test('one bar by Enter, several by Shift and arrows', () => {
    const { listener, bars, press } = made(DAYS);
    press(bars[0], 'Enter');
    expect(listener.narrowed).toHaveBeenLastCalledWith('2026-05-01', '2026-05-01');
    press(bars[0], 'ArrowRight', true);
    press(bars[1], 'ArrowRight', true);
    expect(bars.filter((each) => each.classList.contains('chosen'))).toHaveLength(3);
    press(bars[2], 'ArrowLeft', true);
    press(bars[1], 'Enter');
    expect(listener.narrowed).toHaveBeenLastCalledWith('2026-05-01', '2026-05-02');
    press(bars[0], 'End');
    expect(document.activeElement).toBe(bars[3]);
  });

  test('by dragging, in either direction', () => {
    const { listener, line } = made(DAYS);
    const strip = line.element.querySelector<HTMLElement>('.timeline-strip') ?? document.body;
    strip.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
    const point = (type: string, clientX: number) =>
      strip.dispatchEvent(new MouseEvent(type, { clientX, button: 0, bubbles: true }));
    point('pointerdown', 480);
    point('pointermove', 260);
    point('pointerup', 210);
    expect(listener.narrowed).toHaveBeenLastCalledWith('2026-05-02', '2026-05-04');
  });

  test('is undone by Escape, and by a button that asks for all times', () => {
    const { listener, line, bars, press } = made(DAYS, true);
    press(bars[0], 'ArrowRight', true);
    press(bars[1], 'Escape');
    expect(bars.some((each) => each.classList.contains('chosen'))).toBe(false);
    [...line.element.querySelectorAll('button')].find((each) => each.textContent === 'All times')?.click();
    expect(listener.widened).toHaveBeenCalledOnce();
  });
});

test('what has no photos and was not narrowed takes no room', () => {
  expect(made({ ...DAYS, bars: [] }).line.element.hidden).toBe(true);
  expect(made({ ...DAYS, bars: [] }, true).line.element.hidden).toBe(false);
});
