/** The one place that speaks to the server. Same origin always; no address here names another machine. */
import type { Squares } from '../map/heat';
import type {
  About,
  ErrorBody,
  ExportKind,
  FlightDetail,
  FlightLog,
  FlightsAnswer,
  Job,
  KeptFile,
  LinesAnswer,
  TrackAnswer,
} from './types';

export const API = '/api/v1';
/** Asked of every request that changes something: a form on another site cannot send it. */
export const CHANGE_HEADER: Readonly<Record<string, string>> = { 'X-Groundside': '1' };

/** A request that the server refused, or that never reached it: what happened, and what to try. */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    readonly what: string,
    readonly tryThis: string,
  ) {
    super(what);
    this.name = 'RequestFailed';
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object';
}

/** Turn a refusal into words, whether or not the body is ours. */
export function refusal(status: number, text: string): RequestFailed {
  try {
    const body: unknown = JSON.parse(text);
    if (isErrorBody(body)) return new RequestFailed(status, body.error.what, body.error.try_this);
  } catch {
    // Not our JSON: the status says what can be said.
  }
  if (status === 401 || status === 403) {
    return new RequestFailed(
      status,
      'This page has no leave to read the archive.',
      'Open the address that groundside serve printed, with its token.',
    );
  }
  return new RequestFailed(
    status,
    `The server answered ${status}.`,
    'Look at what groundside serve printed.',
  );
}

export function unreachable(): RequestFailed {
  return new RequestFailed(0, 'The server does not answer.', 'Start it again: groundside serve');
}

export async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const response = await fetch(API + path, { credentials: 'same-origin', ...options }).catch(
    (error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw unreachable();
    },
  );
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  return (text === '' ? null : JSON.parse(text)) as T;
}

export function change<T>(path: string, body?: unknown): Promise<T> {
  const headers = { ...CHANGE_HEADER, 'Content-Type': 'application/json' };
  return ask<T>(path, { method: 'POST', headers, body: JSON.stringify(body ?? {}) });
}

const flightPath = (id: string) => `/flights/${encodeURIComponent(id)}`;

export const about = () => ask<About>('/about');
export const flights = (query: URLSearchParams, signal?: AbortSignal) =>
  ask<FlightsAnswer>(`/flights?${query}`, signal ? { signal } : {});
export const lines = (query: URLSearchParams, signal?: AbortSignal) =>
  ask<LinesAnswer>(`/lines?${query}`, signal ? { signal } : {});
export const heat = (query: URLSearchParams, signal: AbortSignal) =>
  ask<Squares>(`/heat?${query}`, { signal });
export const flight = (id: string) => ask<FlightDetail>(flightPath(id));
export const track = (id: string, rows: number) => ask<TrackAnswer>(`${flightPath(id)}/track?rows=${rows}`);
export const log = (id: string) => ask<FlightLog>(`${flightPath(id)}/log`);
export const files = () => ask<{ files: KeptFile[] }>('/files').then((answer) => answer.files);
export const jobs = () => ask<{ jobs: Job[] }>('/jobs').then((answer) => answer.jobs);
export const cancelJob = (id: string) => change<unknown>(`/jobs/${encodeURIComponent(id)}/cancel`);
export const addNote = (id: string, text: string) => change<unknown>(`${flightPath(id)}/notes`, { text });
export const merge = (id: string, other: string) => change<unknown>(`${flightPath(id)}/merge`, { other });
export const unmerge = (id: string, alias: string) => change<unknown>(`${flightPath(id)}/unmerge`, { alias });
export const exportAddress = (id: string, to: ExportKind) => `${API}${flightPath(id)}/export?to=${to}`;
export const pmtilesAddress = () => new URL(`${API}/basemap.pmtiles`, location.origin).href;
