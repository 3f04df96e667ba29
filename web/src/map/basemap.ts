/** The offline basemap: what basemap/cut.mjs cut from the packages, drawn in the colours of the theme. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import bordersUrl from '../../basemap/out/borders.json?url';
import countiesUrl from '../../basemap/out/counties.json?url';
import landUrl from '../../basemap/out/land.json?url';
import statesUrl from '../../basemap/out/states.json?url';
import type { Colour } from './colours';
import { METRIC_FROM_ZOOM } from './grid';

/** Letters are drawn in the browser from this font, which the page brings itself: no glyph server. */
export const MAP_FONT = 'IBM Plex Sans Variable';
const FONT = [MAP_FONT];
const NOTHING = { type: 'FeatureCollection' as const, features: [] };
/** The sources and layers end here; the owner's own tiles go below this layer, labels and flights above. */
export const BELOW_LABELS = 'county-names';

/**
 * The coast is drawn at 1:50 million: closer than this it would put a flight in the sea that was on the beach, so
 * land and water fade into plain paper and the grid takes over.
 */
const FADE_FROM = 9;

const absolute = (url: string) => new URL(url, document.baseURI).href;
const outline = (url: string) => ({ type: 'geojson' as const, data: absolute(url), maxzoom: 9, buffer: 32 });
const empty = () => ({ type: 'geojson' as const, data: NOTHING });

export function basemapStyle(colour: Colour): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: outline(landUrl),
      borders: outline(bordersUrl),
      states: outline(statesUrl),
      counties: { ...outline(countiesUrl), maxzoom: 10 },
      grid: empty(),
      countryNames: empty(),
      stateNames: empty(),
      countyNames: empty(),
      cities: empty(),
      towns: empty(),
    },
    layers: basemapLayers(colour),
  };
}

/** Every basemap layer; called again for its paint when the theme changes. */
export function basemapLayers(colour: Colour): LayerSpecification[] {
  return [...groundLayers(colour), ...borderLayers(colour), ...nameLayers(colour)];
}

function groundLayers(colour: Colour): LayerSpecification[] {
  return [
    {
      id: 'water',
      type: 'background',
      paint: {
        'background-color': [
          'interpolate',
          ['linear'],
          ['zoom'],
          FADE_FROM,
          colour('map-water'),
          11,
          colour('map-paper'),
        ] as never,
      },
    },
    {
      id: 'land',
      type: 'fill',
      source: 'land',
      maxzoom: 12,
      paint: {
        'fill-color': colour('map-land'),
        'fill-antialias': false,
        'fill-opacity': ['interpolate', ['linear'], ['zoom'], FADE_FROM, 1, 11, 0] as never,
      },
    },
    gridLayer('grid', false, colour('map-grid'), 0.8),
    gridLayer('grid-major', true, colour('map-grid-major'), 1),
  ];
}

function gridLayer(id: string, major: boolean, colour: string, width: number): LayerSpecification {
  const paint = { 'line-color': colour, 'line-width': width };
  return { id, type: 'line', source: 'grid', filter: ['==', ['get', 'major'], major], paint };
}

function borderLayers(colour: Colour): LayerSpecification[] {
  const layer = (id: string, source: string, minzoom: number, paint: object): LayerSpecification => ({
    id,
    type: 'line',
    source,
    minzoom,
    layout: { 'line-join': 'round' },
    paint,
  });
  return [
    layer('counties', 'counties', 5, {
      'line-color': colour('map-county'),
      'line-width': ['interpolate', ['linear'], ['zoom'], 5, 0.4, 9, 1],
    }),
    layer('states', 'states', 2.5, {
      'line-color': colour('map-state'),
      'line-width': ['interpolate', ['linear'], ['zoom'], 3, 0.5, 9, 1.6],
      'line-dasharray': [4, 2],
    }),
    layer('coast', 'land', 0, {
      'line-color': colour('map-coast'),
      'line-opacity': ['interpolate', ['linear'], ['zoom'], FADE_FROM, 1, 11, 0],
      'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.5, 6, 1.2],
    }),
    layer('borders', 'borders', 0, {
      'line-color': colour('map-border'),
      'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.5, 6, 1.4],
    }),
  ];
}

type Size = number | ['interpolate', ['linear'], ['zoom'], ...number[]];

interface Names {
  id: string;
  source: string;
  zooms: [number, number];
  size: Size;
  colour: string;
  spaced?: number;
  sort: string;
}

function nameLayer(names: Names, halo: string): LayerSpecification {
  return {
    id: names.id,
    type: 'symbol',
    source: names.source,
    minzoom: names.zooms[0],
    maxzoom: names.zooms[1],
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': names.size as number,
      'text-letter-spacing': names.spaced ?? 0,
      'text-max-width': 8,
      'text-padding': 6,
      'symbol-sort-key': ['get', names.sort],
    },
    paint: { 'text-color': names.colour, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  };
}

/** Which places show from which zoom on: population in thousands against zoom. */
const LARGE_ENOUGH = [
  '>=',
  ['get', 'thousands'],
  ['step', ['zoom'], 8000, 3, 3000, 4, 1200, 5, 400, 6, 150, 7, 50, 8, 0],
] as unknown as boolean;

/** Which countries show from afar: `rank` grows as area shrinks, 10 for each halving. */
const WIDE_ENOUGH = ['<=', ['get', 'rank'], ['step', ['zoom'], 95, 3, 125, 4.5, 400]];

function nameLayers(colour: Colour): LayerSpecification[] {
  const halo = colour('map-halo');
  const [soft, strong] = [colour('map-label'), colour('map-label-strong')];
  const place = (id: string, minzoom: number): LayerSpecification => ({
    id,
    type: 'symbol',
    source: id,
    minzoom,
    maxzoom: 17,
    filter: LARGE_ENOUGH,
    layout: {
      'text-field': ['get', 'name'],
      'text-font': FONT,
      'text-size': ['interpolate', ['linear'], ['get', 'thousands'], 5, 11, 500, 13, 5000, 15],
      'text-padding': 8,
      'symbol-sort-key': ['-', 0, ['get', 'thousands']],
    },
    paint: { 'text-color': strong, 'text-halo-color': halo, 'text-halo-width': 1.4 },
  });
  const names = (id: string, source: string, zooms: [number, number], size: Size, spaced: number) =>
    nameLayer({ id, source, zooms, size, spaced, sort: 'rank', colour: soft }, halo);
  const countries = names(
    'country-names',
    'countryNames',
    [0, 6.5],
    ['interpolate', ['linear'], ['zoom'], 1, 10, 6, 15],
    0.05,
  );
  return [
    names(BELOW_LABELS, 'countyNames', [8, 12], 11, 0.04),
    names('state-names', 'stateNames', [3.4, 7.5], ['interpolate', ['linear'], ['zoom'], 3, 10, 7, 14], 0.08),
    place('towns', METRIC_FROM_ZOOM - 2),
    place('cities', 3),
    { ...countries, filter: WIDE_ENOUGH } as LayerSpecification,
  ];
}
