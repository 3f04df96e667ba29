/** Findings on the map: a pin for each, and the ellipse in which it lies in 95 of 100 cases. */
import type { Feature, FeatureCollection } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import type { Colour } from '../map/colours';
import { M_PER_DEGREE } from '../map/grid';
import type { MapPane } from '../map/pane';
import { boxOf } from '../map/shapes';
import type { Ellipse, Finding } from './api';

const PINS = 'finding-pins';
const ERRORS = 'finding-errors';
const LAYERS = ['finding-error', 'finding-error-edge', 'finding-pin', 'finding-chosen'];
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const CLOSEST = 18;
const REACH_PX = 6;

export interface FindingLayer {
  show(found: readonly Finding[], chosen: string): void;
  /** Bring findings into sight. */
  frame(found: readonly Finding[]): void;
  clear(): void;
  /** What the map shows: west, south, east, north. */
  box(): [number, number, number, number];
  whenMoved(listener: () => void): void;
}

/** An error ellipse as a closed ring of places. */
export function ellipseRing([lon, lat]: LonLat, { major_m, minor_m, azimuth_deg }: Ellipse): LonLat[] {
  const turn = (azimuth_deg * Math.PI) / 180;
  const perLon = M_PER_DEGREE * Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  return Array.from({ length: 49 }, (_, i): LonLat => {
    const angle = ((i % 48) / 48) * 2 * Math.PI;
    const [along, across] = [major_m * Math.cos(angle), minor_m * Math.sin(angle)];
    const east = along * Math.sin(turn) + across * Math.cos(turn);
    const north = along * Math.cos(turn) - across * Math.sin(turn);
    return [lon + east / perLon, lat + north / M_PER_DEGREE];
  });
}

function tone(colour: Colour): ExpressionSpecification {
  return [
    'match',
    ['get', 'severity'],
    'critical',
    colour('bad-ink'),
    'major',
    colour('warn-ink'),
    'minor',
    colour('info-ink'),
    colour('plain-ink'),
  ];
}

const isChosen: ExpressionSpecification = ['==', ['get', 'chosen'], true];

/** Add the layers to the page's map; `pressed` is told which pin was pressed. */
export function addFindingLayer(pane: MapPane, pressed: (id: string) => void): FindingLayer {
  const { map } = pane;
  let shown = false;
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'finding-error',
          type: 'fill',
          source: ERRORS,
          paint: { 'fill-color': tone(colour), 'fill-opacity': 0.12 },
        },
        {
          id: 'finding-error-edge',
          type: 'line',
          source: ERRORS,
          paint: { 'line-color': tone(colour), 'line-width': 1 },
        },
        {
          id: 'finding-pin',
          type: 'circle',
          source: PINS,
          paint: {
            'circle-color': tone(colour),
            'circle-opacity': ['case', ['get', 'done'], 0.45, 1],
            'circle-radius': 6,
            'circle-stroke-color': colour('map-casing'),
            'circle-stroke-width': 1.5,
          },
        },
        {
          id: 'finding-chosen',
          type: 'circle',
          source: PINS,
          filter: isChosen,
          paint: {
            'circle-opacity': 0,
            'circle-radius': 10,
            'circle-stroke-color': colour('signal'),
            'circle-stroke-width': 2.5,
          },
        },
      ],
    },
    { [PINS]: { type: 'geojson', data: NOTHING }, [ERRORS]: { type: 'geojson', data: NOTHING } },
  );
  const put = (source: string, features: Feature[]) =>
    map.getSource<GeoJSONSource>(source)?.setData({ type: 'FeatureCollection', features });
  const visible = (yes: boolean) => {
    shown = yes;
    for (const layer of LAYERS) map.setLayoutProperty(layer, 'visibility', yes ? 'visible' : 'none');
  };
  const under = ({ point }: MapMouseEvent): string | undefined => {
    const [x, y] = [point.x, point.y];
    const near = map.queryRenderedFeatures(
      [
        [x - REACH_PX, y - REACH_PX],
        [x + REACH_PX, y + REACH_PX],
      ],
      { layers: ['finding-pin'] },
    );
    return near[0]?.properties['id'] as string | undefined;
  };
  map.on('click', (event) => {
    const id = shown ? under(event) : undefined;
    if (id) pressed(id);
  });
  map.on('mousemove', (event) => {
    if (shown) map.getCanvas().classList.toggle('over-pin', under(event) !== undefined);
  });
  return {
    show(found, chosen) {
      const placed = found.flatMap((each) => (each.ground ? [{ ...each, ground: each.ground }] : []));
      const told = ({ id, severity, status }: Finding) => ({
        id,
        severity,
        done: status === 'closed' || status === 'dismissed',
        chosen: id === chosen,
      });
      put(
        PINS,
        placed.map((each) => ({
          type: 'Feature',
          properties: told(each),
          geometry: { type: 'Point', coordinates: each.ground.lon_lat },
        })),
      );
      put(
        ERRORS,
        placed.flatMap((each): Feature[] => {
          const error = each.ground.error_95;
          if (!error) return [];
          const ring = ellipseRing(each.ground.lon_lat, error);
          return [
            {
              type: 'Feature',
              properties: told(each),
              geometry: { type: 'Polygon', coordinates: [ring] },
            },
          ];
        }),
      );
      visible(true);
    },
    frame(found) {
      const box = boxOf(found.flatMap((each) => (each.ground ? [each.ground.lon_lat] : [])));
      if (box) pane.show(box, CLOSEST);
    },
    clear() {
      map.getCanvas().classList.remove('over-pin');
      visible(false);
    },
    box() {
      const bounds = map.getBounds();
      const lon = (value: number) => ((((value + 180) % 360) + 360) % 360) - 180;
      const wide = bounds.getEast() - bounds.getWest() >= 360;
      const [west, east] = wide ? [-180, 180] : [lon(bounds.getWest()), lon(bounds.getEast())];
      return [west, Math.max(-90, bounds.getSouth()), east, Math.min(90, bounds.getNorth())];
    },
    whenMoved(listener) {
      map.on('moveend', () => shown && listener());
    },
  };
}
