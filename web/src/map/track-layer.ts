/** One flight on the map: its coloured track, where it began and ended, the aircraft, and a dot under the charts' cursor. */

import type { FeatureCollection } from 'geojson';
import { Marker } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { h, icon } from '../dom/h';
import type { MapPane } from './pane';
import type { Coloured } from './segments';

const TRACK = 'track';
const ENDS = 'track-ends';
const EVENTS = 'track-events';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

export interface TrackLayer {
  draw(track: Coloured): void;
  ends(home: LonLat | null, last: LonLat | null): void;
  /** Mark where something happened, in a colour for how grave it is. */
  events(marks: readonly { at: LonLat; token: string }[]): void;
  aircraft(at: LonLat | null, heading: number | null, stale: boolean): void;
  ghost(at: LonLat | null): void;
  clear(): void;
}

function end(at: LonLat, kind: 'home' | 'last') {
  return {
    type: 'Feature' as const,
    properties: { kind },
    geometry: { type: 'Point' as const, coordinates: at },
  };
}

export function addTrackLayer(pane: MapPane): TrackLayer {
  addLayers(pane);
  const aircraft = marker('aircraft', true);
  const ghost = marker('ghost', false);
  const layer: TrackLayer = {
    draw: (track) => pane.setData(TRACK, track),
    ends(home, last) {
      const features = [home && end(home, 'home'), last && end(last, 'last')].filter(
        (feature) => feature !== null,
      );
      pane.setData(ENDS, { type: 'FeatureCollection', features });
    },
    events(marks) {
      const features = marks.map(({ at, token }) => ({
        type: 'Feature' as const,
        properties: { token },
        geometry: { type: 'Point' as const, coordinates: at },
      }));
      pane.setData(EVENTS, { type: 'FeatureCollection', features });
    },
    aircraft(at, heading, stale) {
      aircraft.getElement().classList.toggle('stale', stale);
      aircraft.getElement().classList.toggle('no-heading', heading === null);
      place(aircraft, at, pane, heading ?? 0);
    },
    ghost: (at) => place(ghost, at, pane, 0),
    clear() {
      pane.setData(TRACK, NOTHING);
      pane.setData(ENDS, NOTHING);
      pane.setData(EVENTS, NOTHING);
      aircraft.remove();
      ghost.remove();
    },
  };
  return layer;
}

function addLayers(pane: MapPane): void {
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'track-casing',
          type: 'line',
          source: TRACK,
          layout,
          paint: { 'line-color': colour('map-casing'), 'line-width': 7, 'line-opacity': 0.85 },
        },
        {
          id: 'track-line',
          type: 'line',
          source: TRACK,
          layout,
          paint: { 'line-color': ['get', 'colour'], 'line-width': 3.5 },
        },
        {
          id: 'track-ends',
          type: 'circle',
          source: ENDS,
          paint: {
            'circle-radius': ['match', ['get', 'kind'], 'home', 7, 5],
            'circle-color': ['match', ['get', 'kind'], 'home', colour('panel'), colour('ink')],
            'circle-stroke-color': ['match', ['get', 'kind'], 'home', colour('ink'), colour('panel')],
            'circle-stroke-width': ['match', ['get', 'kind'], 'home', 3, 2],
          },
        },
        {
          id: 'track-events',
          type: 'circle',
          source: EVENTS,
          paint: {
            'circle-radius': 6,
            'circle-color': [
              'match',
              ['get', 'token'],
              'bad-ink',
              colour('bad-ink'),
              'warn-ink',
              colour('warn-ink'),
              colour('info-ink'),
            ],
            'circle-stroke-color': colour('panel'),
            'circle-stroke-width': 2,
          },
        },
      ],
    },
    {
      [TRACK]: { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0.1 },
      [ENDS]: { type: 'geojson', data: NOTHING, maxzoom: 20 },
      [EVENTS]: { type: 'geojson', data: NOTHING, maxzoom: 20 },
    },
  );
}

function marker(kind: 'aircraft' | 'ghost', turns: boolean): Marker {
  const shape = kind === 'aircraft' ? icon('M10 1.6l6.6 16.2l-6.6-4l-6.6 4z', 'aircraft-shape') : null;
  const element = h('div', { class: `marker-${kind}`, attrs: { 'aria-hidden': 'true' } }, shape);
  return new Marker({
    element,
    rotationAlignment: turns ? 'map' : 'viewport',
    pitchAlignment: turns ? 'map' : 'viewport',
  });
}

function place(marker: Marker, at: LonLat | null, pane: MapPane, heading: number): void {
  if (at === null) {
    marker.remove();
    return;
  }
  marker.setLngLat(at).setRotation(heading);
  if (!marker.getElement().isConnected) marker.addTo(pane.map);
}
