/** Where in the page we are: kept behind `#`, so that the server serves one document. */
import { EVERYTHING, type FlightQuery, fromAddress, toAddress } from './query';
import { signal } from './signal';

export type Route =
  | { view: 'flights'; query: FlightQuery }
  | { view: 'flight'; id: string }
  | { view: 'files'; state: string }
  | { view: 'other'; name: string; path: string[]; params: URLSearchParams };

/** Which other names the address may have; each is a view of its own, see `views.ts`. */
const others = new Set<string>();

export function nameRoutes(names: Iterable<string>): void {
  for (const name of names) others.add(name);
}

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view, ...rest] = path.split('/');
  const params = new URLSearchParams(search);
  const id = rest.join('/');
  if (view === 'flight' && id) return { view: 'flight', id: decoded(id) };
  if (view === 'files') return { view: 'files', state: params.get('state') ?? '' };
  if (view && others.has(view)) return { view: 'other', name: view, path: rest.map(decoded), params };
  return { view: 'flights', query: fromAddress(params) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function flightAddress(id: string): string {
  return `#/flight/${encodeURIComponent(id)}`;
}

export function flightsAddress(query: FlightQuery): string {
  const params = toAddress(query).toString();
  return params ? `#/flights?${params}` : '#/flights';
}

export const route = signal<Route>({ view: 'flights', query: EVERYTHING });

export function go(address: string): void {
  location.hash = address;
}

/** Change the address without a new step in the browser's history: for what is typed. */
export function replace(address: string): void {
  history.replaceState(null, '', address);
  route.set(parseRoute(location.hash));
}

/** Start following the address; the token that opened the page is taken out of it first. */
export function startRoute(): void {
  const here = new URL(location.href);
  if (here.searchParams.has('token')) {
    here.searchParams.delete('token');
    history.replaceState(null, '', here);
  }
  route.set(parseRoute(location.hash));
  addEventListener('hashchange', () => route.set(parseRoute(location.hash)));
}
