/** The circle of the "near" filter, and choosing its middle by a click. */
import type { MapMouseEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import type { Near } from '../state/query';
import type { MapPane } from './pane';
import { type Box, boxOf, circle } from './shapes';

const SOURCE = 'near';
const NOTHING = { type: 'FeatureCollection' as const, features: [] };

export interface NearLayer {
  show(near: Near | null): void;
  /** Wait for one click on the map; calling what comes back stops waiting. */
  choose(chosen: (place: LonLat) => void): () => void;
}

export function addNearLayer(pane: MapPane): NearLayer {
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'near-fill',
          type: 'fill',
          source: SOURCE,
          paint: { 'fill-color': colour('signal'), 'fill-opacity': 0.08 },
        },
        {
          id: 'near-line',
          type: 'line',
          source: SOURCE,
          paint: { 'line-color': colour('signal'), 'line-width': 1.5, 'line-dasharray': [3, 2] },
        },
      ],
    },
    { [SOURCE]: { type: 'geojson', data: NOTHING } },
  );
  return {
    show: (near) => pane.setData(SOURCE, near ? circle([near.lon, near.lat], near.metres) : NOTHING),
    choose(chosen) {
      const canvas = pane.map.getCanvas();
      canvas.classList.add('choosing');
      const click = (event: MapMouseEvent) => {
        stop();
        const { lng, lat } = event.lngLat.wrap();
        chosen([lng, lat]);
      };
      const stop = () => {
        pane.map.off('click', click);
        canvas.classList.remove('choosing');
      };
      pane.map.on('click', click);
      return stop;
    },
  };
}

/** The box around the circle of the filter. */
export function boxOfNear({ lon, lat, metres }: Near): Box | null {
  return boxOf((circle([lon, lat], metres).geometry.coordinates[0] ?? []) as LonLat[]);
}
