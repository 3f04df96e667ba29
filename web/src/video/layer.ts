/** A video on the map: the flight's path, the part that was filmed, and the aircraft, which can be dragged along it. */
import type { Feature, FeatureCollection } from 'geojson';
import { type MapMouseEvent, Marker } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { h, icon } from '../dom/h';
import type { MapPane } from '../map/pane';
import { boxOf } from '../map/shapes';

const SOURCE = 'video-path';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const CLOSEST = 18;
const AIRCRAFT = 'M10 1.6l6.6 16.2l-6.6-4l-6.6 4z';

export interface Point {
  x: number;
  y: number;
}

export interface VideoLayer {
  show(whole: LonLat[], filmed: LonLat[]): void;
  aircraft(at: LonLat | null, heading: number | null, stale: boolean): void;
  project(at: LonLat): Point;
  clear(): void;
}

export interface VideoLayerListener {
  /** The map was pressed, or the aircraft dragged, to here; whether that was near enough to go there is theirs to say. */
  pointed(at: Point, dragged: boolean): void;
  /** The aircraft was let go of: it returns to where it was at this moment. */
  dropped(): void;
}

function line(coordinates: LonLat[], kind: string): Feature[] {
  if (coordinates.length < 2) return [];
  return [{ type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates } }];
}

export function addVideoLayer(pane: MapPane, listener: VideoLayerListener): VideoLayer {
  const { map } = pane;
  let shown = false;
  addLines(pane);
  const element = h(
    'div',
    { class: 'marker-aircraft marker-video', attrs: { title: 'Drag it along its path' } },
    icon(AIRCRAFT, 'aircraft-shape'),
  );
  const marker = new Marker({
    element,
    draggable: true,
    rotationAlignment: 'map',
    pitchAlignment: 'map',
  });
  marker.on('drag', () => listener.pointed(map.project(marker.getLngLat()), true));
  marker.on('dragend', () => listener.dropped());
  map.on('click', ({ point }: MapMouseEvent) => {
    if (shown) listener.pointed(point, false);
  });
  return {
    show(whole, filmed) {
      shown = true;
      const features = [...line(whole, 'whole'), ...line(filmed, 'filmed')];
      pane.setData(SOURCE, { type: 'FeatureCollection', features });
      const box = boxOf(filmed.length > 0 ? filmed : whole);
      if (box) pane.show(box, CLOSEST);
    },
    aircraft(at, heading, stale) {
      element.classList.toggle('stale', stale);
      if (at === null) {
        marker.remove();
        return;
      }
      marker.setLngLat(at).setRotation(heading ?? 0);
      if (!element.isConnected) marker.addTo(map);
    },
    project: (at) => map.project(at),
    clear() {
      shown = false;
      pane.setData(SOURCE, NOTHING);
      marker.remove();
    },
  };
}

function addLines(pane: MapPane): void {
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const wide = (whole: number, filmed: number) =>
    ['match', ['get', 'kind'], 'filmed', filmed, whole] as unknown as number;
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'video-path-casing',
          type: 'line',
          source: SOURCE,
          layout,
          paint: { 'line-color': colour('map-casing'), 'line-width': wide(4, 7), 'line-opacity': 0.85 },
        },
        {
          id: 'video-path-line',
          type: 'line',
          source: SOURCE,
          layout,
          paint: {
            'line-color': ['match', ['get', 'kind'], 'filmed', colour('signal'), colour('map-line')],
            'line-width': wide(1.5, 3.5),
          },
        },
      ],
    },
    { [SOURCE]: { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0.1 } },
  );
}
