/** A track cut into lines of one colour each. */
import type { Feature, FeatureCollection, LineString, Position } from 'geojson';
import type { Numbers } from '../api/types';
import { type Range, step } from './ramp';

export type Coloured = FeatureCollection<LineString, { colour: string }>;

/**
 * Cut a track where its colour changes or a position is missing.
 *
 * Args are columns of one length; `unknown` is the colour where there is no value or no range.
 */
export function segments(
  lon: Numbers,
  lat: Numbers,
  values: Numbers,
  scale: { range: Range | null; colours: readonly string[]; unknown: string },
): Coloured {
  const features: Feature<LineString, { colour: string }>[] = [];
  let open: Feature<LineString, { colour: string }> | null = null;
  let last: Position | null = null;
  for (let i = 0; i < lon.length; i++) {
    const here = place(lon[i], lat[i]);
    if (here && last) {
      const colour = colourOf(values[i] ?? null, scale);
      if (open?.properties.colour !== colour) {
        open = line(last, colour);
        features.push(open);
      }
      open.geometry.coordinates.push(here);
    } else {
      open = null;
    }
    last = here;
  }
  return { type: 'FeatureCollection', features };
}

function place(lon: number | null | undefined, lat: number | null | undefined): Position | null {
  return lon == null || lat == null ? null : [lon, lat];
}

function colourOf(
  value: number | null,
  scale: { range: Range | null; colours: readonly string[]; unknown: string },
): string {
  if (scale.range === null) return scale.unknown;
  return scale.colours[step(value, scale.range, scale.colours.length)] ?? scale.unknown;
}

function line(from: Position, colour: string): Feature<LineString, { colour: string }> {
  return { type: 'Feature', properties: { colour }, geometry: { type: 'LineString', coordinates: [from] } };
}
