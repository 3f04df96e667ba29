/** What the track's colour means: the choice of it, and its legend, on the map. */
import type { Numbers } from '../api/types';
import { fill, h } from '../dom/h';
import { choice } from '../dom/parts';
import { colours, rampStops } from '../map/colours';
import type { MapPane } from '../map/pane';
import { ramp, rangeOf } from '../map/ramp';
import { segments } from '../map/segments';
import type { TrackLayer } from '../map/track-layer';
import { isDark, units } from '../state/settings';
import { height, speed, text } from '../text/units';
import { isKnown, numbers, type Track } from './track';

const STEPS = 48;
type By = 'height' | 'speed';

export interface Colouring {
  close(): void;
}

export function startColouring(track: Track, pane: MapPane, layer: TrackLayer): Colouring {
  const values: Record<By, Numbers> = { height: numbers(track, 'height_m'), speed: track.speed };
  let by: By = isKnown(values.height) ? 'height' : 'speed';
  const legend = h('div', { class: 'legend-scale' });
  const draw = () => {
    const stops = rampStops();
    const range = rangeOf(values[by]);
    const scale = { range, colours: ramp(stops, STEPS), unknown: colours()('map-line') };
    layer.draw(segments(numbers(track, 'lon'), numbers(track, 'lat'), values[by], scale));
    writeLegend(legend, by, range, stops);
  };
  const pick = choice(
    'Colour of the track',
    [
      ['height', 'Height'],
      ['speed', 'Speed'],
    ],
    by,
    (next) => {
      by = next;
      draw();
    },
  );
  const element = h('div', { class: 'legend', attrs: { 'aria-label': 'Colour of the track' } }, pick, legend);
  pane.element.append(element);
  const stops = [isDark.watch(draw), units.watch(draw)];
  return {
    close() {
      for (const stop of stops) stop();
      element.remove();
    },
  };
}

function writeLegend(where: HTMLElement, by: By, range: ReturnType<typeof rangeOf>, stops: string[]): void {
  if (range === null) {
    fill(where, 'Not recorded');
    return;
  }
  const show = (value: number) =>
    text(by === 'height' ? height(value, units.get()) : speed(value, units.get()));
  const bar = h('div', { class: 'legend-bar' });
  bar.style.background = `linear-gradient(to right, ${stops.join(', ')})`;
  fill(where, bar, h('span', {}, show(range.low)), h('span', {}, show(range.high)));
}
