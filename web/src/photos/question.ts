/** Which photos are asked for, as the address holds it. */
import type { LonLat } from '../api/types';

export const ASKED = ['seeing', 'near', 'flight', 'from', 'to', 'camera'] as const;

/** What of an address the server is asked. */
export function questionOf(params: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of ASKED) {
    const value = params.get(name);
    if (value) asked.set(name, value);
  }
  return asked;
}

/** The same question with one part of it changed; an empty value takes it out. */
export function changed(
  params: URLSearchParams,
  name: (typeof ASKED)[number],
  value: string,
): URLSearchParams {
  const next = questionOf(params);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}

export function photosAddress(asked: URLSearchParams, id = ''): string {
  const path = id ? `#/photos/${id}` : '#/photos';
  const text = asked.toString();
  return text ? `${path}?${text}` : path;
}

export const seeingText = ([lon, lat]: LonLat) => `${lon.toFixed(7)},${lat.toFixed(7)}`;

/** The place of `seeing`; null where there is none. */
export function seenPlace(params: URLSearchParams): LonLat | null {
  const [lon, lat] = (params.get('seeing') ?? '').split(',').map(Number);
  return lon !== undefined && lat !== undefined && Number.isFinite(lon) && Number.isFinite(lat)
    ? [lon, lat]
    : null;
}
