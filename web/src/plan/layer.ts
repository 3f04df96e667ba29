/** A plan on the map: the way, photos and what they show, fences, where a check is worst. */
import type { Feature, FeatureCollection } from 'geojson';
import type { LonLat } from '../api/types';
import type { MapPane } from '../map/pane';
import { type Box, boxOf, circle } from '../map/shapes';
import type { Compared, Plan, Way } from './types';

const WAY = 'plan-way';
const PHOTOS = 'plan-photos';
const FLOWN = 'plan-flown';
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const M_PER_DEGREE = 111_320;
/** Footprints overlap: with more than so many the map would be one blur, and slow. */
const MOST_FOOTPRINTS = 1500;

export interface PlanLayer {
  plan(plan: Plan, footprints: boolean): void;
  way(way: Way): void;
  /** Where was flown, and what was not covered; null takes it away. */
  flown(it: Compared | null): void;
  clear(): void;
}

/** What a photo shows of level ground: its corners, the long side across the heading. */
export function footprint(
  [lon, lat, height, heading]: readonly [number, number, number, number],
  frame: { across: number; along: number },
): LonLat[] {
  const angle = (heading * Math.PI) / 180;
  const [ahead, aside] = [(frame.along * height) / 2, (frame.across * height) / 2];
  const wide = M_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const corner = (a: number, r: number): LonLat => {
    const east = a * ahead * Math.sin(angle) + r * aside * Math.cos(angle);
    const north = a * ahead * Math.cos(angle) - r * aside * Math.sin(angle);
    return [lon + east / wide, lat + north / M_PER_DEGREE];
  };
  return [corner(1, -1), corner(1, 1), corner(-1, 1), corner(-1, -1), corner(1, -1)];
}

export const boxOfWay = ({ way }: Way): Box | null => boxOf(way.map(([lon, lat]) => [lon, lat]));

function line(kind: string, coordinates: number[][]): Feature {
  return { type: 'Feature', properties: { kind }, geometry: { type: 'LineString', coordinates } };
}

function polygon(kind: string, ring: number[][]): Feature {
  return { type: 'Feature', properties: { kind }, geometry: { type: 'Polygon', coordinates: [ring] } };
}

function point(kind: string, coordinates: readonly number[]): Feature {
  return {
    type: 'Feature',
    properties: { kind },
    geometry: { type: 'Point', coordinates: [...coordinates.slice(0, 2)] },
  };
}

function wayFeatures(it: Way): Feature[] {
  const [first, last] = [it.way[0], it.way.at(-1)];
  const features = [
    line(
      'way',
      it.way.map(([lon, lat]) => [lon, lat]),
    ),
  ];
  const { home } = it;
  if (home && first && last) features.push(line('to-and-from', [first.slice(0, 2), home, last.slice(0, 2)]));
  if (home) features.push(point('home', home));
  if (first) features.push(point('start', first));
  return [...features, ...it.fences.flatMap(fenceFeatures)];
}

function fenceFeatures(fence: Way['fences'][number]): Feature[] {
  const kind = fence.stay_in ? 'fence-in' : 'fence-out';
  if (fence.corners) return [line(kind, [...fence.corners, ...fence.corners.slice(0, 1)])];
  if (!fence.centre || !fence.radius_m) return [];
  return [line(kind, circle(fence.centre, fence.radius_m).geometry.coordinates[0] ?? [])];
}

function photoFeatures(plan: Plan, footprints: boolean): Feature[] {
  const { frame, photos } = plan;
  const dots = photos.map((at) => point('photo', at));
  if (!footprints || !frame) return dots;
  const every = Math.ceil(photos.length / MOST_FOOTPRINTS) || 1;
  const shown = photos.filter((_, i) => i % every === 0).map((at) => footprint(at, frame));
  const areas = shown.map(
    (ring): Feature => ({
      type: 'Feature',
      properties: { kind: 'footprint' },
      geometry: { type: 'Polygon', coordinates: [ring] },
    }),
  );
  return [...areas, ...dots];
}

export function addPlanLayer(pane: MapPane): PlanLayer {
  addLayers(pane);
  const draw = (source: string, features: Feature[]) =>
    pane.setData(source, { type: 'FeatureCollection', features });
  return {
    plan(plan, footprints) {
      const bad = plan.checks.filter((each) => each.outcome === 'failed' && each.lon !== null);
      const worst = bad.map((each) => point('worst', [each.lon ?? 0, each.lat ?? 0]));
      draw(WAY, [...wayFeatures(plan), ...worst]);
      draw(PHOTOS, photoFeatures(plan, footprints));
    },
    way(way) {
      draw(WAY, wayFeatures(way));
      draw(PHOTOS, []);
    },
    flown(it) {
      const gaps = it?.gaps.map((ring) => polygon('gap', ring)) ?? [];
      draw(FLOWN, it && it.flown.length > 1 ? [line('flown', it.flown), ...gaps] : gaps);
    },
    clear() {
      draw(WAY, []);
      draw(PHOTOS, []);
      draw(FLOWN, []);
    },
  };
}

function addLayers(pane: MapPane): void {
  const kind = (name: string) => ['==', ['get', 'kind'], name];
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const;
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'plan-footprints',
          type: 'fill',
          source: PHOTOS,
          filter: ['==', ['geometry-type'], 'Polygon'],
          paint: { 'fill-color': colour('chart-speed'), 'fill-opacity': 0.05 },
        },
        {
          id: 'plan-gaps',
          type: 'fill',
          source: FLOWN,
          filter: kind('gap') as never,
          paint: { 'fill-color': colour('bad-ink'), 'fill-opacity': 0.35 },
        },
        {
          id: 'plan-flown',
          type: 'line',
          source: FLOWN,
          layout,
          filter: kind('flown') as never,
          paint: { 'line-color': colour('signal'), 'line-width': 2 },
        },
        {
          id: 'plan-way',
          type: 'line',
          source: WAY,
          layout,
          filter: ['all', ['!=', ['geometry-type'], 'Point'], ['!=', ['get', 'kind'], 'to-and-from']],
          paint: {
            'line-color': [
              'match',
              ['get', 'kind'],
              'fence-in',
              colour('ok-ink'),
              'fence-out',
              colour('bad-ink'),
              colour('map-line'),
            ],
            'line-width': 2,
          },
        },
        {
          id: 'plan-to-and-from',
          type: 'line',
          source: WAY,
          layout,
          filter: kind('to-and-from') as never,
          paint: { 'line-color': colour('map-line'), 'line-width': 1.5, 'line-dasharray': [2, 3] },
        },
        {
          id: 'plan-photos',
          type: 'circle',
          source: PHOTOS,
          minzoom: 13,
          filter: ['==', ['geometry-type'], 'Point'],
          paint: {
            'circle-radius': ['interpolate', ['linear'], ['zoom'], 14, 1.2, 18, 3.5],
            'circle-color': colour('signal'),
          },
        },
        {
          id: 'plan-places',
          type: 'circle',
          source: WAY,
          filter: ['==', ['geometry-type'], 'Point'],
          paint: {
            'circle-radius': ['match', ['get', 'kind'], 'home', 7, 'worst', 8, 5],
            'circle-color': ['match', ['get', 'kind'], 'worst', colour('bad-soft'), colour('panel')],
            'circle-stroke-color': [
              'match',
              ['get', 'kind'],
              'worst',
              colour('bad-ink'),
              'start',
              colour('map-line'),
              colour('ink'),
            ],
            'circle-stroke-width': 3,
          },
        },
      ],
    },
    {
      [WAY]: { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0.1 },
      [PHOTOS]: { type: 'geojson', data: NOTHING, maxzoom: 20 },
      [FLOWN]: { type: 'geojson', data: NOTHING, maxzoom: 20 },
    },
  );
}
