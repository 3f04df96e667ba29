/** The page's one map: made once, kept while the views around it change. */
import 'maplibre-gl/dist/maplibre-gl.css';
import type { GeoJSON } from 'geojson';
import {
  type GeoJSONSource,
  type LayerSpecification,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { h } from '../dom/h';
import { isDark, reducedMotion, units } from '../state/settings';
import { basemapLayers, basemapStyle, MAP_FONT } from './basemap';
import { type Colour, colours } from './colours';
import { grid } from './grid';
import { addNames } from './names';
import { addOwnerTiles, ownerLayers } from './owner-tiles';
import { type Box, positionText } from './shapes';

setWorkerUrl(workerUrl);

/** Something drawn over the basemap: its layers, asked for again when the theme changes. */
export interface Overlay {
  layers(colour: Colour): LayerSpecification[];
}

export interface MapPane {
  readonly element: HTMLElement;
  readonly map: MapLibre;
  add(overlay: Overlay, sources: Record<string, object>): void;
  setData(source: string, data: GeoJSON): void;
  /** Bring a box into sight, no closer than a zoom, clear of so many pixels at the left and top. */
  show(box: Box, closest: number, clear?: { left: number; top: number }): void;
  attribute(texts: string[]): void;
  /** Draw the owner's tiles; resolves to why they could not be, or null. */
  useOwnerTiles(): Promise<string | null>;
}

/** Make the map inside an element that already stands in the page; ready when layers may be added. */
export async function makeMapPane(): Promise<MapPane> {
  await document.fonts.load(`16px "${MAP_FONT}"`, 'Zürich Łódź').catch(() => undefined);
  const canvas = h('div', { attrs: { id: 'map' }, class: 'map-canvas' });
  const readout = h('div', { class: 'map-readout', attrs: { 'aria-hidden': 'true' } });
  const credit = h('details', { class: 'map-credit' }, h('summary', {}, 'Map data'));
  const element = h('section', { class: 'map', attrs: { 'aria-label': 'Map' } }, canvas, readout, credit);
  const map = await startMap(canvas, element);
  const overlays: Overlay[] = [];
  keepGrid(map, readout);
  keepTheme(map, overlays);
  void addNames(map).catch(() => undefined); // without names the map is still a map
  markIdle(map);
  return {
    element,
    map,
    add(overlay, sources) {
      overlays.push(overlay);
      for (const [id, source] of Object.entries(sources)) map.addSource(id, source as never);
      for (const layer of overlay.layers(colours())) map.addLayer(layer);
    },
    setData: (source, data) => void map.getSource<GeoJSONSource>(source)?.setData(data),
    show: (box, closest, clear) => frame(map, box, closest, clear),
    attribute: (texts) => credit.append(h('ul', {}, ...credits(texts).map((line) => h('li', {}, line)))),
    useOwnerTiles: () => addOwnerTiles(map, colours()),
  };
}

/** What the server names, and what is in the basemap whether it names it or not. */
function credits(texts: string[]): string[] {
  const named = texts.some((text) => text.includes('Census'));
  return named ? texts : [...texts, 'US states and counties: US Census Bureau, public domain'];
}

async function startMap(container: HTMLElement, element: HTMLElement): Promise<MapLibre> {
  document.querySelector('#map-slot')?.append(element);
  const map = new MapLibre({
    container,
    style: basemapStyle(colours()),
    attributionControl: false,
    center: [-30, 30],
    zoom: 1.2,
    maxZoom: 21.5,
    maxPitch: 60,
    fadeDuration: reducedMotion() ? 0 : 150,
    renderWorldCopies: true,
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), 'top-right');
  const scale = new ScaleControl({ maxWidth: 120 });
  map.addControl(scale, 'bottom-right');
  units.watch((value) => scale.setUnit(value));
  map.getCanvas().setAttribute('aria-label', 'Map of flights. Arrow keys pan, plus and minus zoom.');
  await map.once('load');
  return map;
}

function markIdle(map: MapLibre): void {
  map.once('idle', () => {
    document.documentElement.dataset['mapIdle'] = 'true';
  });
}

function keepGrid(map: MapLibre, readout: HTMLElement): void {
  let label = '';
  let pointer = '';
  const write = () => {
    readout.textContent = [pointer, `Grid ${label}`].filter(Boolean).join('   ');
  };
  const draw = () => {
    const bounds = map.getBounds();
    const view = {
      west: bounds.getWest(),
      south: bounds.getSouth(),
      east: bounds.getEast(),
      north: bounds.getNorth(),
    };
    const made = grid({ ...view, zoom: map.getZoom() }, units.get());
    label = made.label;
    map.getSource<GeoJSONSource>('grid')?.setData(made.lines);
    write();
  };
  map.on('moveend', draw);
  map.on('mousemove', ({ lngLat }) => {
    const { lng, lat } = lngLat.wrap();
    pointer = positionText([lng, lat], map.getZoom() > 12 ? 6 : 4);
    write();
  });
  map.on('mouseout', () => {
    pointer = '';
    write();
  });
  units.watch(draw);
}

function keepTheme(map: MapLibre, overlays: Overlay[]): void {
  isDark.watch(() => {
    const colour = colours();
    const layers = [...basemapLayers(colour), ...overlays.flatMap((overlay) => overlay.layers(colour))];
    const owner = map
      .getStyle()
      .layers.flatMap((layer) => ('source-layer' in layer ? [{ id: layer['source-layer'] ?? '' }] : []));
    for (const layer of [...layers, ...ownerLayers(owner, colour)]) repaint(map, layer);
  });
}

function repaint(map: MapLibre, layer: LayerSpecification): void {
  if (!map.getLayer(layer.id)) return;
  for (const [name, value] of Object.entries(layer.paint ?? {})) {
    map.setPaintProperty(layer.id, name as never, value as never);
  }
}

function frame(map: MapLibre, box: Box, closest: number, clear = { left: 0, top: 0 }): void {
  map.resize(); // the view around the map may just have changed
  const { clientWidth, clientHeight } = map.getContainer();
  const around = Math.min(72, Math.round(Math.min(clientWidth, clientHeight) * 0.12));
  const padding = { top: around + clear.top, right: around, bottom: around, left: around + clear.left };
  map.fitBounds([box.west, box.south, box.east, box.north], {
    padding,
    maxZoom: closest,
    duration: reducedMotion() ? 0 : 500,
  });
}
