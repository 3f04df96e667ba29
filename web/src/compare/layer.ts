/** Tracks of the flights compared on the map: each in its colour, and its letter where it was at the cursor. */
import type { Feature, FeatureCollection } from 'geojson';
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { MAP_FONT } from '../map/basemap';
import type { Colour } from '../map/colours';
import type { MapPane } from '../map/pane';
import { boxOf, circle } from '../map/shapes';
import { LETTERS } from './ids';

const TRACKS = 'compare-tracks';
const DOTS = 'compare-dots';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const LEAST_VIEW_M = 60;
const CLOSEST = 18.5;

export interface Path {
  index: number;
  parts: LonLat[][];
}

export interface CompareLayer {
  show(paths: readonly Path[]): void;
  /** Where each flight was at the cursor. */
  dots(at: readonly { index: number; at: LonLat }[]): void;
  clear(): void;
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

const point = (index: number, at: LonLat): Feature => ({
  type: 'Feature',
  properties: { index, letter: LETTERS[index] ?? '' },
  geometry: { type: 'Point', coordinates: at },
});

/** One line for each part of at least two positions. */
export function pathFeatures(paths: readonly Path[]): Feature[] {
  return paths.flatMap(({ index, parts }) =>
    parts
      .filter((part) => part.length > 1)
      .map(
        (coordinates): Feature => ({
          type: 'Feature',
          properties: { index },
          geometry: { type: 'LineString', coordinates },
        }),
      ),
  );
}

export function addCompareLayer(pane: MapPane): CompareLayer {
  const source = { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0.1 };
  pane.add({ layers }, { [TRACKS]: source, [DOTS]: { ...source } });
  return {
    show(paths) {
      pane.setData(TRACKS, collection(pathFeatures(paths)));
      look(pane, paths);
    },
    dots: (at) => pane.setData(DOTS, collection(at.map((each) => point(each.index, each.at)))),
    clear() {
      for (const name of [TRACKS, DOTS]) pane.setData(name, NOTHING);
    },
  };
}

function look(pane: MapPane, paths: readonly Path[]): void {
  const all = paths.flatMap(({ parts }) => parts.flat());
  const middle = all[0];
  if (!middle) return;
  const around = (circle(middle, LEAST_VIEW_M).geometry.coordinates[0] ?? []) as LonLat[];
  const box = boxOf([...all, ...around]);
  if (box) pane.show(box, CLOSEST);
}

function byFlight(colour: Colour): ExpressionSpecification {
  const [one, two, three, four] = LETTERS.map((_, i) => colour(`compare-${i + 1}`)) as [
    string,
    string,
    string,
    string,
  ];
  return ['match', ['get', 'index'], 0, one, 1, two, 2, three, four];
}

function layers(colour: Colour): LayerSpecification[] {
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  return [
    {
      id: 'compare-casing',
      type: 'line',
      source: TRACKS,
      layout,
      paint: { 'line-color': colour('map-casing'), 'line-width': 6, 'line-opacity': 0.85 },
    },
    {
      id: 'compare-line',
      type: 'line',
      source: TRACKS,
      layout,
      paint: { 'line-color': byFlight(colour), 'line-width': 3 },
    },
    {
      id: 'compare-dot',
      type: 'circle',
      source: DOTS,
      paint: {
        'circle-radius': 9,
        'circle-color': byFlight(colour),
        'circle-stroke-color': colour('map-casing'),
        'circle-stroke-width': 2,
      },
    },
    {
      id: 'compare-letter',
      type: 'symbol',
      source: DOTS,
      layout: {
        'text-field': ['get', 'letter'],
        'text-font': [MAP_FONT],
        'text-size': 12,
        'symbol-sort-key': ['-', ['get', 'index']], // of dots upon each other, the letter of the uppermost
      },
      paint: { 'text-color': colour('compare-ink') },
    },
  ];
}
