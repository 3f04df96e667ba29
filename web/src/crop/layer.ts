/** Fields on the map: boundaries, the picture of an image, zones of a prescription, strips, the place asked about. */
import type { Feature, FeatureCollection, MultiPolygon } from 'geojson';
import type { ImageSource, MapMouseEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import type { MapPane } from '../map/pane';
import { ramp } from '../map/ramp';
import { type Box, boxOf } from '../map/shapes';
import type { CropField, Patch } from './types';

const FIELDS = 'crop-fields';
const ZONES = 'crop-zones';
const PATCHES = 'crop-patches';
const PLACE = 'crop-place';
const PICTURE = 'crop-picture';
const STEPS = 101;
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };

export interface Picture {
  address: string;
  corners: readonly LonLat[];
}

export function boxOfField({ boundary }: { boundary: MultiPolygon }): Box | null {
  return boxOf(boundary.coordinates.flat(2).map(([lon = 0, lat = 0]): LonLat => [lon, lat]));
}

function outline(it: { boundary: MultiPolygon }, properties: Record<string, unknown>): Feature {
  return { type: 'Feature', properties, geometry: it.boundary };
}

/** The colour of a rate: mixed between the stops, from the least rate to the greatest. */
export function colourOf(rate: number, low: number, high: number, stops: readonly string[]): string {
  const share = high > low ? (rate - low) / (high - low) : 0.5;
  return ramp(stops, STEPS)[Math.round(share * (STEPS - 1))] ?? '';
}

export class CropLayer {
  private shown = false;
  private opacity = 0.85;

  constructor(
    private readonly pane: MapPane,
    listener: { clicked(at: LonLat): void; chosen(field: string): void },
  ) {
    addLayers(pane);
    pane.map.on('click', (event) => {
      if (!this.shown || pane.map.getCanvas().classList.contains('choosing')) return;
      const { lng, lat } = event.lngLat.wrap();
      const field = this.fieldAt(event);
      if (field) listener.chosen(field);
      listener.clicked([lng, lat]);
    });
  }

  show(): void {
    this.shown = true;
  }

  fields(fields: readonly CropField[], chosen: string): void {
    const features = fields.map((each) =>
      outline(each, { id: each.id, name: each.name, chosen: each.id === chosen }),
    );
    this.pane.setData(FIELDS, { type: 'FeatureCollection', features });
  }

  patches(patches: readonly Patch[]): void {
    const features = patches.map((each) => outline(each, { kind: each.kind, name: each.name }));
    this.pane.setData(PATCHES, { type: 'FeatureCollection', features });
  }

  /** Lay a picture between the corners of its image; null takes it away. */
  picture(picture: Picture | null): void {
    const { map } = this.pane;
    if (!picture) {
      if (map.getLayer(PICTURE)) map.removeLayer(PICTURE);
      if (map.getSource(PICTURE)) map.removeSource(PICTURE);
      return;
    }
    const coordinates = picture.corners.map((at) => [...at]) as [Corner, Corner, Corner, Corner];
    const source = map.getSource<ImageSource>(PICTURE);
    if (source) {
      source.updateImage({ url: picture.address, coordinates });
      return;
    }
    map.addSource(PICTURE, { type: 'image', url: picture.address, coordinates });
    map.addLayer(
      {
        id: PICTURE,
        type: 'raster',
        source: PICTURE,
        paint: { 'raster-opacity': this.opacity, 'raster-fade-duration': 0, 'raster-resampling': 'nearest' },
      },
      'crop-zone',
    );
  }

  opaque(share: number): void {
    this.opacity = share;
    const { map } = this.pane;
    if (map.getLayer(PICTURE)) map.setPaintProperty(PICTURE, 'raster-opacity', share);
    map.setPaintProperty('crop-zone', 'fill-opacity', share);
  }

  zones(outlines: FeatureCollection | null, stops: readonly string[]): void {
    const rates = (outlines?.features ?? []).map((each) => Number(each.properties?.['rate'] ?? 0));
    const [low, high] = [Math.min(...rates), Math.max(...rates)];
    const features = (outlines?.features ?? []).map((each, i) => ({
      ...each,
      properties: { ...each.properties, colour: colourOf(rates[i] ?? 0, low, high, stops) },
    }));
    this.pane.setData(ZONES, { type: 'FeatureCollection', features });
  }

  place(at: LonLat | null): void {
    const features: Feature[] = at
      ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [...at] } }]
      : [];
    this.pane.setData(PLACE, { type: 'FeatureCollection', features });
  }

  clear(): void {
    this.shown = false;
    this.picture(null);
    for (const source of [FIELDS, ZONES, PATCHES, PLACE]) this.pane.setData(source, NOTHING);
  }

  private fieldAt(event: MapMouseEvent): string {
    const [found] = this.pane.map.queryRenderedFeatures(event.point, { layers: ['crop-field'] });
    return String(found?.properties['id'] ?? '');
  }
}

type Corner = [number, number];

function addLayers(pane: MapPane): void {
  const chosen = ['==', ['get', 'chosen'], true];
  pane.add(
    {
      layers: (colour) => [
        {
          id: 'crop-field',
          type: 'fill',
          source: FIELDS,
          paint: { 'fill-color': colour('accent'), 'fill-opacity': ['case', chosen, 0.02, 0.14] as never },
        },
        {
          id: 'crop-zone',
          type: 'fill',
          source: ZONES,
          paint: { 'fill-color': ['get', 'colour'] as never, 'fill-opacity': 0.85, 'fill-antialias': false },
        },
        {
          id: 'crop-edge-under',
          type: 'line',
          source: FIELDS,
          paint: { 'line-color': colour('map-casing'), 'line-width': 4.5 },
        },
        {
          id: 'crop-edge',
          type: 'line',
          source: FIELDS,
          paint: { 'line-color': colour('accent'), 'line-width': 2 },
        },
        {
          id: 'crop-patch-under',
          type: 'line',
          source: PATCHES,
          paint: { 'line-color': colour('map-casing'), 'line-width': 4 },
        },
        {
          id: 'crop-patch',
          type: 'line',
          source: PATCHES,
          paint: { 'line-color': colour('signal'), 'line-width': 2, 'line-dasharray': [3, 1.5] },
        },
        {
          id: 'crop-place',
          type: 'circle',
          source: PLACE,
          paint: {
            'circle-radius': 6,
            'circle-color': colour('panel'),
            'circle-stroke-color': colour('signal'),
            'circle-stroke-width': 3,
          },
        },
      ],
    },
    Object.fromEntries(
      [FIELDS, ZONES, PATCHES, PLACE].map((id) => [
        id,
        { type: 'geojson', data: NOTHING, maxzoom: 20, tolerance: 0 },
      ]),
    ),
  );
}
