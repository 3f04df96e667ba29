/** Plain geometry for the map: circles, bounds, positions in words. */
import type { Feature, Polygon } from 'geojson';
import type { LonLat } from '../api/types';
import { M_PER_DEGREE } from './grid';

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The box around some positions; null where there are none. */
export function boxOf(positions: Iterable<LonLat>): Box | null {
  const box = { west: 181, south: 91, east: -181, north: -91 };
  for (const [lon, lat] of positions) {
    box.west = Math.min(box.west, lon);
    box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  }
  return box.west <= box.east ? box : null;
}

/** A circle of so many metres; true enough up to some hundred kilometres, away from the poles. */
export function circle([lon, lat]: LonLat, metres: number): Feature<Polygon> {
  const latR = metres / M_PER_DEGREE;
  const lonR = latR / Math.max(0.01, Math.cos((lat * Math.PI) / 180));
  const ring = Array.from({ length: 73 }, (_, i) => {
    const angle = (i / 72) * 2 * Math.PI;
    return [lon + lonR * Math.cos(angle), lat + latR * Math.sin(angle)];
  });
  return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
}

/** A position that cannot be read the wrong way round: `40.11532° N 88.20412° W`. */
export function positionText([lon, lat]: LonLat, digits = 5): string {
  const part = (value: number, plus: string, minus: string) =>
    `${Math.abs(value).toFixed(digits)}°\u00a0${value < 0 ? minus : plus}`;
  return `${part(lat, 'N', 'S')} ${part(lon, 'E', 'W')}`;
}
