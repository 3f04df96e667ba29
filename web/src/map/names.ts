/** Fetch the names that the basemap writes, after the map itself stands. */
import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Map as MapLibre } from 'maplibre-gl';
import citiesUrl from '../../basemap/out/cities.json?url';
import namesUrl from '../../basemap/out/names.json?url';
import townsUrl from '../../basemap/out/towns.json?url';
import { METRIC_FROM_ZOOM } from './grid';

type Place = [name: string, lon: number, lat: number, thousands: number];
type Areas = Record<'countries' | 'states' | 'counties', FeatureCollection<Point>>;

async function load<T>(url: string): Promise<T> {
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.json()) as T;
}

function point([name, lon, lat, thousands]: Place): Feature<Point> {
  return {
    type: 'Feature',
    properties: { name, thousands },
    geometry: { type: 'Point', coordinates: [lon, lat] },
  };
}

const points = (places: Place[]): FeatureCollection<Point> => ({
  type: 'FeatureCollection',
  features: places.map(point),
});

function put(map: MapLibre, source: string, data: FeatureCollection<Point>): void {
  map.getSource<import('maplibre-gl').GeoJSONSource>(source)?.setData(data);
}

/** Bring in countries, states, counties and cities at once, towns when the map first comes close to them. */
export async function addNames(map: MapLibre): Promise<void> {
  const [areas, cities] = await Promise.all([load<Areas>(namesUrl), load<Place[]>(citiesUrl)]);
  put(map, 'countryNames', areas.countries);
  put(map, 'stateNames', areas.states);
  put(map, 'countyNames', areas.counties);
  put(map, 'cities', points(cities));
  const towns = async () => {
    if (map.getZoom() < METRIC_FROM_ZOOM - 2.5) return;
    map.off('zoom', towns);
    put(map, 'towns', points(await load<Place[]>(townsUrl)));
  };
  map.on('zoom', towns);
  await towns();
}
