/** Photos on the map: where cameras were, what each shows of the ground, and the place that was asked about. */
import type { Feature, FeatureCollection } from 'geojson';
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { MAP_FONT } from '../map/basemap';
import type { MapPane } from '../map/pane';
import { boxOf } from '../map/shapes';
import type { Photo } from './api';

const AREAS = 'photo-areas';
const CAMERAS = 'photo-cameras';
const POINTED = 'photo-pointed';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const LAYERS = [
  'photo-area',
  'photo-edge',
  'photo-cluster',
  'photo-count',
  'photo-camera',
  'photo-pointed-area',
  'photo-place',
];
/** More outlines than these are one blur. */
const MOST_AREAS = 600;
const CLOSEST = 18;

export interface PhotoLayer {
  show(photos: readonly Photo[], place: LonLat | null, frame: boolean): void;
  point(photo: Photo | null): void;
  clear(): void;
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

export function areaOf(photo: Photo): Feature | null {
  if (!photo.outline) return null;
  const coordinates = photo.outline.map((ring) => [ring]);
  return {
    type: 'Feature',
    properties: { id: photo.id },
    geometry: { type: 'MultiPolygon', coordinates },
  };
}

function dot(at: LonLat, kind: string): Feature {
  return { type: 'Feature', properties: { kind }, geometry: { type: 'Point', coordinates: [...at] } };
}

/** Add the layers to the page's map; `clicked` is told of a click on the map while they are shown. */
export function addPhotoLayer(pane: MapPane, clicked: (at: LonLat) => void): PhotoLayer {
  const { map } = pane;
  let shown = false;
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'photo-area',
          type: 'fill',
          source: AREAS,
          paint: { 'fill-color': colour('map-line'), 'fill-opacity': 0.06 },
        },
        {
          id: 'photo-edge',
          type: 'line',
          source: AREAS,
          paint: { 'line-color': colour('map-line'), 'line-width': 1, 'line-opacity': 0.55 },
        },
        {
          id: 'photo-pointed-area',
          type: 'fill',
          source: POINTED,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: {
            'fill-color': colour('signal'),
            'fill-opacity': 0.28,
            'fill-outline-color': colour('signal'),
          },
        },
        {
          id: 'photo-cluster',
          type: 'circle',
          source: CAMERAS,
          filter: ['has', 'point_count'],
          paint: {
            'circle-color': colour('map-point'),
            'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 9, 200, 22],
            'circle-stroke-color': colour('map-casing'),
            'circle-stroke-width': 1.5,
          },
        },
        {
          id: 'photo-count',
          type: 'symbol',
          source: CAMERAS,
          filter: ['has', 'point_count'],
          layout: {
            'text-field': ['get', 'point_count_abbreviated'],
            'text-font': [MAP_FONT],
            'text-size': 11,
            'text-allow-overlap': true,
          },
          paint: { 'text-color': colour('map-point-ink') },
        },
        {
          id: 'photo-camera',
          type: 'circle',
          source: CAMERAS,
          filter: ['!', ['has', 'point_count']],
          paint: {
            'circle-color': colour('map-point'),
            'circle-radius': 3.5,
            'circle-stroke-color': colour('map-casing'),
            'circle-stroke-width': 1,
          },
        },
        {
          id: 'photo-place',
          type: 'circle',
          source: POINTED,
          filter: ['==', ['get', 'kind'], 'place'],
          paint: {
            'circle-color': colour('signal'),
            'circle-radius': 7,
            'circle-stroke-color': colour('map-casing'),
            'circle-stroke-width': 2,
          },
        },
      ],
    },
    {
      [AREAS]: { type: 'geojson', data: NOTHING },
      [CAMERAS]: { type: 'geojson', data: NOTHING, cluster: true, clusterRadius: 28, clusterMaxZoom: 15 },
      [POINTED]: { type: 'geojson', data: NOTHING },
    },
  );
  let place: LonLat | null = null;
  const put = (source: string, features: Feature[]) =>
    map.getSource<GeoJSONSource>(source)?.setData(collection(features));
  const visible = (yes: boolean) => {
    shown = yes;
    map.getCanvas().classList.toggle('asks-place', yes);
    for (const layer of LAYERS) map.setLayoutProperty(layer, 'visibility', yes ? 'visible' : 'none');
  };
  const pointed = (photo: Photo | null) => {
    const area = photo ? areaOf(photo) : null;
    put(POINTED, [...(area ? [area] : []), ...(place ? [dot(place, 'place')] : [])]);
  };
  map.on('click', (event: MapMouseEvent) => {
    if (!shown) return;
    const { lng, lat } = event.lngLat.wrap();
    clicked([lng, lat]);
  });
  return {
    show(photos, asked, frame) {
      place = asked;
      const areas = photos.slice(0, MOST_AREAS).flatMap((photo) => areaOf(photo) ?? []);
      put(AREAS, areas);
      put(
        CAMERAS,
        photos.flatMap((photo) => (photo.position ? [dot(photo.position, 'camera')] : [])),
      );
      pointed(null);
      visible(true);
      const box = boxOf(photos.flatMap((photo) => (photo.position ? [photo.position] : [])));
      if (frame && box) pane.show(box, CLOSEST);
    },
    point: pointed,
    clear: () => visible(false),
  };
}
