/** The owner's own basemap, a PMTiles file read by ranges from our own server. Pictures or vectors, told by its header. */
import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import { addProtocol } from 'maplibre-gl';
import { pmtilesAddress } from '../api/client';
import { BELOW_LABELS } from './basemap';
import type { Colour } from './colours';

const SOURCE = 'owner';
/** Layer names of the Protomaps and the OpenMapTiles schemas, by what they mean here. */
const MEANINGS: Readonly<Record<string, 'land' | 'water' | 'green' | 'building' | 'road' | 'border'>> = {
  earth: 'land',
  water: 'water',
  waterway: 'water',
  landuse: 'green',
  landcover: 'green',
  natural: 'green',
  park: 'green',
  buildings: 'building',
  building: 'building',
  roads: 'road',
  transportation: 'road',
  transit: 'road',
  boundaries: 'border',
  boundary: 'border',
};
const ORDER = ['land', 'green', 'water', 'building', 'road', 'border'] as const;
const PAINT = { land: 'map-land', green: 'map-green', water: 'map-water', building: 'map-building' } as const;

interface VectorLayer {
  id: string;
}

/** Draw known layers by meaning, unknown ones as thin lines, so that any vector file shows something. */
export function ownerLayers(layers: readonly VectorLayer[], colour: Colour): LayerSpecification[] {
  const meaning = (id: string) => MEANINGS[id] ?? 'border';
  return [...layers]
    .sort((a, b) => ORDER.indexOf(meaning(a.id)) - ORDER.indexOf(meaning(b.id)))
    .flatMap(({ id }): LayerSpecification[] => {
      const means = meaning(id);
      const base = { source: SOURCE, 'source-layer': id };
      if (means === 'road' || means === 'border') {
        const paint = {
          'line-color': colour(means === 'road' ? 'map-road' : 'map-border'),
          'line-width': width(means),
        };
        return [
          { ...base, id: `owner-${id}`, type: 'line', filter: ['!=', ['geometry-type'], 'Point'], paint },
        ];
      }
      const polygons: LayerSpecification = {
        ...base,
        id: `owner-${id}`,
        type: 'fill',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': colour(PAINT[means]) },
      };
      return [polygons];
    });
}

function width(means: 'road' | 'border'): number {
  return means === 'road' ? 1.6 : 0.6;
}

/** Add the owner's tiles under the labels. Fails quietly into the built-in basemap: the reason is returned. */
export async function addOwnerTiles(map: MapLibre, colour: Colour): Promise<string | null> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles');
  const archive = new PMTiles(pmtilesAddress());
  const protocol = new Protocol();
  protocol.add(archive);
  addProtocol('pmtiles', protocol.tile);
  try {
    const header = await archive.getHeader();
    const vector = header.tileType === TileType.Mvt;
    const url = `pmtiles://${pmtilesAddress()}`;
    map.addSource(SOURCE, vector ? { type: 'vector', url } : { type: 'raster', url, tileSize: 256 });
    for (const layer of vector
      ? ownerLayers(vectorLayers(await archive.getMetadata()), colour)
      : [raster()]) {
      map.addLayer(layer, BELOW_LABELS);
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'The basemap file cannot be read.';
  }
}

const raster = (): LayerSpecification => ({ id: 'owner-picture', type: 'raster', source: SOURCE });

function vectorLayers(metadata: unknown): VectorLayer[] {
  if (typeof metadata !== 'object' || metadata === null || !('vector_layers' in metadata)) return [];
  return Array.isArray(metadata.vector_layers) ? (metadata.vector_layers as VectorLayer[]) : [];
}
