/** What the track's colour means: the choice of it, and its legend, on the map. */

import type { Happened } from '../api/logbook';
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
import { phaseNumbers, phaseToken } from './phases';
import { isKnown, numbers, type Track } from './track';

const STEPS = 48;
type By = 'height' | 'speed' | 'phase';

const CHOICES: readonly (readonly [By, string])[] = [
  ['height', 'Height'],
  ['speed', 'Speed'],
];

export interface Colouring {
  /** Phases are known now: they can be chosen too. */
  phases(found: Happened): void;
  close(): void;
}

export function startColouring(track: Track, pane: MapPane, layer: TrackLayer): Colouring {
  const values: Record<By, Numbers> = {
    height: numbers(track, 'height_m'),
    speed: track.speed,
    phase: [],
  };
  let names: string[] = [];
  let by: By = isKnown(values.height) ? 'height' : 'speed';
  const legend = h('div', { class: 'legend-scale' });
  const draw = () => {
    if (by === 'phase') {
      drawPhases();
      return;
    }
    const stops = rampStops();
    const range = rangeOf(values[by]);
    const scale = { range, colours: ramp(stops, STEPS), unknown: colours()('map-line') };
    layer.draw(segments(numbers(track, 'lon'), numbers(track, 'lat'), values[by], scale));
    writeLegend(legend, by, range, stops);
  };
  const drawPhases = () => {
    const colour = colours();
    const scale = {
      range: { low: 0, high: names.length },
      colours: names.map((name) => colour(phaseToken(name))),
      unknown: colour('map-line'),
    };
    layer.draw(segments(numbers(track, 'lon'), numbers(track, 'lat'), values.phase, scale));
    fill(legend, phaseLegend(names));
  };
  const pick = h('div');
  const offer = (choices: readonly (readonly [By, string])[]) =>
    fill(
      pick,
      choice('Colour of the track', choices, by, (next) => {
        by = next;
        draw();
      }),
    );
  offer(CHOICES);
  const element = h('div', { class: 'legend', attrs: { 'aria-label': 'Colour of the track' } }, pick, legend);
  pane.element.append(element);
  const stops = [isDark.watch(draw), units.watch(draw)];
  return {
    phases(found) {
      ({ values: values.phase, names } = phaseNumbers(found, track));
      if (names.length > 0) offer([...CHOICES, ['phase', 'Phase']]);
    },
    close() {
      for (const stop of stops) stop();
      element.remove();
    },
  };
}

function phaseLegend(names: readonly string[]): HTMLElement {
  const rows = names.map((name) => {
    const swatch = h('i');
    swatch.style.background = `var(--${phaseToken(name)})`;
    return h('span', {}, swatch, name);
  });
  return h('div', { class: 'phase-legend' }, ...rows);
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
