/** Which flights are asked for, in which order: one frozen value that also lives in the address. */
import { dayAfter } from '../text/times';

export const SORTS = [
  'recording_start',
  'place',
  'aircraft',
  'airborne_s',
  'distance_m',
  'max_height_m',
] as const;
export type Sort = (typeof SORTS)[number];

export interface Near {
  lon: number;
  lat: number;
  metres: number;
}

export interface FlightQuery {
  readonly text: string;
  /** First and last day, UTC, both inside. */
  readonly from: string;
  readonly to: string;
  readonly aircraft: string;
  readonly near: Near | null;
  readonly bench: boolean;
  readonly sort: Sort;
  readonly descending: boolean;
}

export const EVERYTHING: FlightQuery = Object.freeze({
  text: '',
  from: '',
  to: '',
  aircraft: '',
  near: null,
  bench: false,
  sort: 'recording_start',
  descending: true,
});

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isDay = (text: string) => DAY.test(text) && Number.isFinite(Date.parse(text));

/** What the server is asked: the filters alone, without order or page. */
export function filterParams(query: FlightQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.text.trim()) params.set('q', query.text.trim());
  if (isDay(query.from)) params.set('from', `${query.from}T00:00:00Z`);
  if (isDay(query.to)) params.set('to', `${dayAfter(query.to)}T00:00:00Z`);
  if (query.aircraft.trim()) params.set('aircraft', query.aircraft.trim());
  if (query.near) params.set('near', nearText(query.near));
  if (query.bench) params.set('bench', 'true');
  return params;
}

export function pageParams(query: FlightQuery, offset: number, limit: number): URLSearchParams {
  const params = filterParams(query);
  params.set('sort', query.sort);
  params.set('order', query.descending ? 'desc' : 'asc');
  params.set('limit', String(limit));
  params.set('offset', String(offset));
  return params;
}

export function nearText(near: Near): string {
  return `${near.lon.toFixed(5)},${near.lat.toFixed(5)},${Math.round(near.metres)}`;
}

/** `LON,LAT` or `LON,LAT,METRES`; null where it is not a place. */
export function parseNear(text: string, metres: number): Near | null {
  const numbers = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  const [lon, lat, radius = metres] = numbers;
  if (lon === undefined || lat === undefined || numbers.some((n) => !Number.isFinite(n))) return null;
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90 || radius <= 0) return null;
  return { lon, lat, metres: radius };
}

/** The query as it stands in the page's own address; only what differs from everything. */
export function toAddress(query: FlightQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.text) params.set('q', query.text);
  if (query.from) params.set('from', query.from);
  if (query.to) params.set('to', query.to);
  if (query.aircraft) params.set('aircraft', query.aircraft);
  if (query.near) params.set('near', nearText(query.near));
  if (query.bench) params.set('bench', '1');
  if (query.sort !== EVERYTHING.sort) params.set('sort', query.sort);
  if (!query.descending) params.set('order', 'asc');
  return params;
}

export function fromAddress(params: URLSearchParams): FlightQuery {
  const said = (name: string) => params.get(name) ?? '';
  return {
    text: said('q'),
    from: isDay(said('from')) ? said('from') : '',
    to: isDay(said('to')) ? said('to') : '',
    aircraft: said('aircraft'),
    near: parseNear(said('near'), 1000),
    bench: said('bench') === '1',
    sort: SORTS.find((sort) => sort === said('sort')) ?? EVERYTHING.sort,
    descending: said('order') !== 'asc',
  };
}

/** How many filters are set, for the button that opens them on a phone. */
export function filtersSet(query: FlightQuery): number {
  return [query.from || query.to, query.aircraft, query.near, query.bench].filter(Boolean).length;
}
