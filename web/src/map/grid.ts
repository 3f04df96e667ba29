/**
 * Lines to judge size by where the basemap has no more detail: degrees from afar, round metres or feet close up.
 *
 * Source of the sphere: IUGG mean radius 6,371,008.8 m, the one MapLibre's scale bar uses, so that both agree.
 */
import type { Feature, FeatureCollection, LineString, Position } from 'geojson';
import type { UnitSystem } from '../text/units';

export const EARTH_M = 6_371_008.8;
export const M_PER_DEGREE = (Math.PI / 180) * EARTH_M;
/** From this zoom on the grid is in metres or feet. */
export const METRIC_FROM_ZOOM = 9;
const PIXELS_BETWEEN = 88;
const MOST_LINES = 200;
const DEGREE_STEPS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 30];

export interface View {
  west: number;
  south: number;
  east: number;
  north: number;
  zoom: number;
}

export interface Grid {
  lines: FeatureCollection<LineString, { major: boolean }>;
  /** Distance between lines in the unit shown: `50 m`, `5°`. */
  label: string;
}

/** The 1, 2 or 5 times a power of ten that is next above a value. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const lead = value / power;
  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

export function metresPerPixel(lat: number, zoom: number): number {
  return (2 * Math.PI * EARTH_M * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
}

/** The grid that suits a view, reaching one view beyond each edge so that panning shows no end. */
export function grid(view: View, units: UnitSystem): Grid {
  return view.zoom < METRIC_FROM_ZOOM ? degreeGrid(view) : lengthGrid(view, units);
}

function degreeGrid(view: View): Grid {
  const wanted = (PIXELS_BETWEEN * 360) / (512 * 2 ** view.zoom);
  const step = DEGREE_STEPS.find((candidate) => candidate >= wanted) ?? 30;
  return { lines: collect(view, step, step), label: `${step}°` };
}

interface Length {
  name: string;
  metres: number;
}

const LENGTHS: Readonly<Record<UnitSystem, readonly [small: Length, large: Length]>> = {
  metric: [
    { name: 'm', metres: 1 },
    { name: 'km', metres: 1000 },
  ],
  imperial: [
    { name: 'ft', metres: 0.3048 },
    { name: 'mi', metres: 1609.344 },
  ],
};

function lengthGrid(view: View, units: UnitSystem): Grid {
  const middle = (view.south + view.north) / 2;
  const wanted = metresPerPixel(middle, view.zoom) * PIXELS_BETWEEN;
  const [small, large] = LENGTHS[units];
  const unit = wanted > large.metres / 2 ? large : small;
  const step = Number(roundUp(wanted / unit.metres).toPrecision(3));
  const latStep = (step * unit.metres) / M_PER_DEGREE;
  // A reference latitude in whole half-degrees keeps the grid still while the map is panned.
  const reference = Math.round(middle * 2) / 2;
  const lonStep = latStep / Math.max(0.05, Math.cos((reference * Math.PI) / 180));
  return { lines: collect(view, lonStep, latStep), label: `${step} ${unit.name}` };
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.min(MOST_LINES, Math.max(0, Math.floor(to / step) - first + 1));
  return Array.from({ length: count }, (_, i) => first + i);
}

function collect(view: View, lonStep: number, latStep: number): Grid['lines'] {
  const [width, tall] = [view.east - view.west, view.north - view.south];
  const west = view.west - width;
  const east = view.east + width;
  const south = Math.max(-85, view.south - tall);
  const north = Math.min(85, view.north + tall);
  const upright = multiples(west, east, lonStep).map((k) =>
    line([k * lonStep, south], [k * lonStep, north], k % 5 === 0),
  );
  const level = multiples(south, north, latStep).map((k) =>
    line([west, k * latStep], [east, k * latStep], k % 5 === 0),
  );
  return { type: 'FeatureCollection', features: [...upright, ...level] };
}

function line(from: Position, to: Position, major: boolean): Feature<LineString, { major: boolean }> {
  return {
    type: 'Feature',
    properties: { major },
    geometry: { type: 'LineString', coordinates: [from, to] },
  };
}
