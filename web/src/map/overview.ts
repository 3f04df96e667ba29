/** All flights that fit the filters, on the map: points from afar, lines close up. */
import type { FeatureCollection, LineString, Point } from 'geojson';
import type {
  CircleLayerSpecification,
  GeoJSONSource,
  LayerSpecification,
  MapLayerMouseEvent,
} from 'maplibre-gl';
import type { FlightLine, LonLat } from '../api/types';
import { MAP_FONT } from './basemap';
import type { Colour } from './colours';
import type { MapPane } from './pane';
import { type Box, boxOf } from './shapes';

const LINES = 'flight-lines';
const POINTS = 'flight-points';
const DOTS = 'flight-dots';
/** Below this zoom a flight is smaller than a fingertip, so it is drawn as a point. */
const LINES_FROM = 11.5;

type Lines = FeatureCollection<LineString, { id: string }>;
type Points = FeatureCollection<Point, { id: string }>;

/** One line for each part with at least two positions. */
export function lineFeatures(lines: readonly FlightLine[]): Lines {
  const features = lines.flatMap(({ id, parts }) =>
    parts
      .filter((part) => part.length > 1)
      .map((coordinates) => ({
        type: 'Feature' as const,
        properties: { id },
        geometry: { type: 'LineString' as const, coordinates },
      })),
  );
  return { type: 'FeatureCollection', features };
}

/** Flights of which only a place is known, not a path: shown as points however close the map is. */
export function dotFeatures(lines: readonly FlightLine[]): Points {
  return pointFeatures(lines.filter(({ parts }) => parts.every((part) => part.length < 2)));
}

/** One point for each flight: where its line begins. */
export function pointFeatures(lines: readonly FlightLine[]): Points {
  const features = lines.flatMap(({ id, parts }) => {
    const first = parts[0]?.[0];
    if (!first) return [];
    return [
      {
        type: 'Feature' as const,
        properties: { id },
        geometry: { type: 'Point' as const, coordinates: first },
      },
    ];
  });
  return { type: 'FeatureCollection', features };
}

export function boxOfLines(lines: readonly FlightLine[]): Box | null {
  function* positions(): Iterable<LonLat> {
    for (const { parts } of lines) for (const part of parts) yield* part;
  }
  return boxOf(positions());
}

function layers(colour: Colour): LayerSpecification[] {
  const on = [
    'any',
    ['boolean', ['feature-state', 'hover'], false],
    ['boolean', ['feature-state', 'selected'], false],
  ];
  const line = (id: string, paint: object): LayerSpecification => ({
    id,
    type: 'line',
    source: LINES,
    minzoom: LINES_FROM - 1.5,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint,
  });
  return [
    line('flights-casing', {
      'line-color': colour('map-casing'),
      'line-width': ['case', on, 7, 4],
      'line-opacity': 0.75,
    }),
    line('flights-line', {
      'line-color': ['case', on, colour('signal'), colour('map-line')],
      'line-width': ['case', on, 4, 1.8],
    }),
    line('flights-hit', { 'line-color': colour('signal'), 'line-width': 16, 'line-opacity': 0 }),
    ...pointLayers(colour, on),
  ];
}

function pointLayers(colour: Colour, on: unknown[]): LayerSpecification[] {
  return [
    {
      id: 'flights-cluster',
      type: 'circle',
      source: POINTS,
      maxzoom: LINES_FROM,
      filter: ['has', 'point_count'],
      paint: {
        'circle-color': colour('map-point'),
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['log10', ['get', 'point_count']],
          0.3,
          10,
          1,
          13,
          3,
          22,
          5,
          30,
        ],
        'circle-stroke-color': colour('map-casing'),
        'circle-stroke-width': 2,
        'circle-opacity': 0.92,
      },
    },
    {
      id: 'flights-count',
      type: 'symbol',
      source: POINTS,
      maxzoom: LINES_FROM,
      filter: ['has', 'point_count'],
      layout: {
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': [MAP_FONT],
        'text-size': 12,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colour('map-point-ink') },
    },
    {
      id: 'flights-point',
      type: 'circle',
      source: POINTS,
      maxzoom: LINES_FROM,
      filter: ['!', ['has', 'point_count']],
      paint: dot(colour, on),
    },
    { id: 'flights-dot', type: 'circle', source: DOTS, minzoom: LINES_FROM, paint: dot(colour, on) },
  ];
}

function dot(colour: Colour, on: unknown[]): CircleLayerSpecification['paint'] & object {
  return {
    'circle-color': ['case', on as never, colour('signal'), colour('map-point')],
    'circle-radius': ['case', on as never, 8, 5],
    'circle-stroke-color': colour('map-casing'),
    'circle-stroke-width': 1.5,
  };
}

export interface Overview {
  set(lines: readonly FlightLine[]): void;
  visible(yes: boolean): void;
  hover(id: string | null): void;
  select(id: string | null): void;
}

export interface OverviewListener {
  hovered(id: string | null): void;
  /** The flights under a click, the topmost first. */
  picked(ids: string[]): void;
}

export function addOverview(pane: MapPane, listener: OverviewListener): Overview {
  const nothing = { type: 'FeatureCollection', features: [] };
  pane.add(
    { layers },
    {
      [LINES]: { type: 'geojson', data: nothing, promoteId: 'id', tolerance: 0.2 },
      [DOTS]: { type: 'geojson', data: nothing, promoteId: 'id' },
      [POINTS]: {
        type: 'geojson',
        data: nothing,
        promoteId: 'id',
        cluster: true,
        clusterRadius: 44,
        clusterMaxZoom: Math.floor(LINES_FROM) - 1,
      },
    },
  );
  listenTo(pane, listener);
  const state = { hover: mark(pane, 'hover'), selected: mark(pane, 'selected') };
  return {
    set(lines) {
      pane.setData(LINES, lineFeatures(lines));
      pane.setData(POINTS, pointFeatures(lines));
      pane.setData(DOTS, dotFeatures(lines));
    },
    visible: (yes) => setVisible(pane, yes),
    hover: state.hover,
    select: state.selected,
  };
}

function setVisible(pane: MapPane, yes: boolean): void {
  for (const id of ['casing', 'line', 'hit', 'cluster', 'count', 'point', 'dot']) {
    pane.map.setLayoutProperty(`flights-${id}`, 'visibility', yes ? 'visible' : 'none');
  }
}

/** Keep a feature state on at most one flight at a time. */
function mark(pane: MapPane, state: 'hover' | 'selected'): (id: string | null) => void {
  let marked: string | null = null;
  const put = (id: string | null, on: boolean) => {
    if (id === null) return;
    for (const source of [LINES, POINTS, DOTS]) pane.map.setFeatureState({ source, id }, { [state]: on });
  };
  return (id) => {
    if (id === marked) return;
    put(marked, false);
    put(id, true);
    marked = id;
  };
}

const idsOf = (event: MapLayerMouseEvent) => [
  ...new Set((event.features ?? []).map((feature) => String(feature.properties['id']))),
];

function listenTo(pane: MapPane, listener: OverviewListener): void {
  const { map } = pane;
  const canvas = map.getCanvas();
  for (const layer of ['flights-hit', 'flights-point', 'flights-dot']) {
    map.on('mousemove', layer, (event) => {
      canvas.classList.add('over-flight');
      listener.hovered(idsOf(event)[0] ?? null);
    });
    map.on('mouseleave', layer, () => {
      canvas.classList.remove('over-flight');
      listener.hovered(null);
    });
    map.on('click', layer, (event) => listener.picked(idsOf(event)));
  }
  map.on('click', 'flights-cluster', (event) => void openCluster(pane, event));
  map.on('mouseenter', 'flights-cluster', () => canvas.classList.add('over-flight'));
  map.on('mouseleave', 'flights-cluster', () => canvas.classList.remove('over-flight'));
}

async function openCluster(pane: MapPane, event: MapLayerMouseEvent): Promise<void> {
  const cluster = event.features?.[0];
  const source = pane.map.getSource<GeoJSONSource>(POINTS);
  if (!cluster || !source) return;
  const zoom = await source.getClusterExpansionZoom(Number(cluster.properties['cluster_id']));
  pane.map.easeTo({ center: event.lngLat, zoom: zoom + 0.5 });
}
