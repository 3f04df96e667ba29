/** What is drawn, as layers of the map. */
import type { Feature, FeatureCollection } from 'geojson';
import type { LonLat } from '../api/types';
import type { MapPane } from '../map/pane';
import { isRing, isSingle, type Kind } from './sketch';

export const SOURCE = 'drawing';
export const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

export function feature(kind: Kind, points: readonly LonLat[]): Feature {
  const properties = { kind };
  const coordinates = points.map((at) => [...at]);
  if (isSingle(kind)) {
    return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: coordinates[0] ?? [] } };
  }
  if (!isRing(kind)) return { type: 'Feature', properties, geometry: { type: 'LineString', coordinates } };
  const ring = [...coordinates, coordinates[0] ?? []];
  return { type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [ring] } };
}

/** What is being drawn: a ring is shown as a line until it has three corners. */
export function pendingFeature(kind: Kind, points: readonly LonLat[]): Feature {
  return isRing(kind) && points.length > 2 ? feature(kind, points) : feature('line', points);
}

export function addLayers(pane: MapPane): void {
  if (pane.map.getSource(SOURCE)) return; // another page draws with the same layers, when this one is hidden
  const is = (kind: Kind) => ['==', ['get', 'kind'], kind];
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'drawing-fill',
          type: 'fill',
          source: SOURCE,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: {
            'fill-color': [
              'case',
              is('area'),
              colour('accent'),
              is('keep-out'),
              colour('bad-ink'),
              colour('ink-3'),
            ] as never,
            'fill-opacity': ['case', is('area'), 0.1, 0.22] as never,
          },
        },
        {
          id: 'drawing-line',
          type: 'line',
          source: SOURCE,
          filter: ['!=', ['geometry-type'], 'Point'],
          paint: {
            'line-color': [
              'case',
              is('keep-out'),
              colour('bad-ink'),
              is('hole'),
              colour('ink-3'),
              colour('accent'),
            ] as never,
            'line-width': 2.5,
          },
        },
        {
          id: 'drawing-point',
          type: 'circle',
          source: SOURCE,
          filter: ['==', ['geometry-type'], 'Point'],
          paint: {
            'circle-radius': 5,
            'circle-color': colour('panel'),
            'circle-stroke-color': colour('accent'),
            'circle-stroke-width': 2.5,
          },
        },
      ],
    },
    { [SOURCE]: { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0 } },
  );
}
