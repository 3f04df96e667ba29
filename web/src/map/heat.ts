/** Where was flown, and how often: squares of the ground, coloured by how many flights came into them. */
import type { FeatureCollection, Polygon } from 'geojson';
import type { LayerSpecification } from 'maplibre-gl';
import { fill, h } from '../dom/h';
import { button } from '../dom/parts';
import { paced } from '../state/signal';
import { count } from '../text/units';
import { plural } from '../text/words';
import { type Colour, rampStops } from './colours';
import type { MapPane } from './pane';
import { type Range, ramp, rangeOf } from './ramp';

const SOURCE = 'heat';
const LAYER = 'heat-squares';
const SQUARES = 5000;
const STEPS = 6;
/** While the map is moved, squares are asked for again this often at most. */
const ASK_MS = 400;
const NOTHING: Squares = { type: 'FeatureCollection', features: [] };

export type Squares = FeatureCollection<Polygon, { flights: number }>;
export type FetchSquares = (params: URLSearchParams, signal: AbortSignal) => Promise<Squares>;

export interface HeatListener {
  fetch: FetchSquares;
  /** The filters as they stand now. */
  filters(): URLSearchParams;
  shown(yes: boolean): void;
  failed(error: unknown): void;
}

export interface Heat {
  readonly on: boolean;
  /** Ask again, because the filters or the archive changed. */
  refresh(): void;
  /** Hide everything of it while another view has the map. */
  visible(yes: boolean): void;
}

/** Bounds as the server takes them; empty where all longitudes are in sight. */
export function boundsText(west: number, south: number, east: number, north: number): string {
  if (!(east > west && north > south)) return '';
  if (east - west >= 360) return '';
  const turn = 360 * Math.floor((west + 180) / 360);
  const numbers = [west - turn, Math.max(south, -90), east - turn, Math.min(north, 90)];
  return numbers.map((n) => n.toFixed(5)).join(',');
}

/** Colours for counts: equal steps of the logarithm, since a few places are flown far more than all others. */
export function heatColour({ low, high }: Range, stops: readonly string[]): unknown {
  const colours = ramp(stops, STEPS);
  if (high <= low) return colours[0];
  const at = (i: number) => Math.log(low) + (i / (STEPS - 1)) * (Math.log(high) - Math.log(low));
  return ['interpolate', ['linear'], ['ln', ['get', 'flights']], ...colours.flatMap((c, i) => [at(i), c])];
}

function layers(colour: Colour, range: Range | null): LayerSpecification[] {
  const fillColour = range ? heatColour(range, rampStops()) : colour('map-line');
  const paint = { 'fill-color': fillColour as string, 'fill-opacity': 0.62, 'fill-antialias': false };
  return [{ id: LAYER, type: 'fill', source: SOURCE, layout: { visibility: 'none' }, paint }];
}

export function addHeat(pane: MapPane, listener: HeatListener): Heat {
  let range: Range | null = null;
  pane.add({ layers: (colour) => layers(colour, range) }, { [SOURCE]: { type: 'geojson', data: NOTHING } });
  let on = false;
  let hidden = false;
  let asked = new AbortController();
  const legend = h('p', { class: 'heat-legend', attrs: { role: 'status' } });
  const toggle = button({ label: 'Where flown', press: () => turn(!on) });
  toggle.id = 'heat';
  toggle.setAttribute('aria-pressed', 'false');
  const element = h('div', { class: 'heat', data: { squares: '' } }, toggle, legend);
  pane.element.append(element);
  const draw = (squares: Squares) => {
    range = rangeOf(squares.features.map(({ properties }) => properties.flights));
    pane.setData(SOURCE, squares);
    if (range) pane.map.setPaintProperty(LAYER, 'fill-color', heatColour(range, rampStops()) as never);
    element.dataset['squares'] = String(squares.features.length);
    fill(legend, range ? legendText(range) : 'Nothing was flown here.');
  };
  const ask = async () => {
    if (!on || hidden) return;
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const params = listener.filters();
    const bounds = pane.map.getBounds();
    const text = boundsText(bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth());
    if (text) params.set('bounds', text);
    params.set('squares', String(SQUARES));
    try {
      const squares = await listener.fetch(params, signal);
      if (!signal.aborted) draw(squares);
    } catch (error) {
      if (!signal.aborted) listener.failed(error);
    }
  };
  const soon = paced(ASK_MS, () => void ask());
  const show = () => {
    const yes = on && !hidden;
    element.hidden = hidden;
    legend.hidden = !on;
    toggle.setAttribute('aria-pressed', String(on));
    pane.map.setLayoutProperty(LAYER, 'visibility', yes ? 'visible' : 'none');
    listener.shown(yes);
    if (yes) soon();
  };
  const turn = (yes: boolean) => {
    on = yes;
    show();
  };
  pane.map.on('moveend', soon);
  return {
    get on() {
      return on;
    },
    refresh: soon,
    visible(yes) {
      hidden = !yes;
      show();
    },
  };
}

function legendText({ low, high }: Range): string {
  return low === high
    ? `${plural(low, 'flight')} in each square`
    : `${count(low)} to ${plural(high, 'flight')} in a square`;
}
