/** The logbook, people and the fleet, as the server tells of them; see `logbook_schema` of the server. */
import { API, ask, change } from './client';
import type { LonLat } from './types';

export interface Hours {
  flights: number;
  total_ms: number;
  day_ms: number;
  twilight_ms: number;
  night_ms: number;
  unknown_light_ms: number;
  part107_twilight_ms: number;
  recording_ms: number;
  carried_ms: number;
}

export type Group = Hours & { key: string };

export interface Sums {
  groups: Group[];
  whole: Hours;
}

export interface Line {
  flight: string;
  date: string | null;
  takeoff: string | null;
  place: string | null;
  aircraft: string | null;
  type: string | null;
  simulated: boolean;
  total_ms: number | null;
  basis: string;
  light: { day_ms: number; twilight_ms: number; night_ms: number; unknown_ms: number } | null;
  said: Partial<Record<FieldName, string>>;
  notes: string[];
}

export const FIELDS = ['pic', 'observer', 'purpose', 'project', 'client', 'site', 'sight', 'risk'] as const;
export type FieldName = (typeof FIELDS)[number];

export interface Signed {
  month: string;
  sha256: string;
  flights: number;
  total_ms: number;
  simulated_ms: number;
  by: string;
  at: string | null;
  note: string | null;
  changed: string[];
}

export interface Book {
  pilot: string | null;
  by: string;
  flown: Sums;
  simulated: Sums;
  parts: { key: string; total_ms: number }[];
  flights: Line[];
  left_out: { flight: string; why: string }[];
  carried: { id: string; pilot: string; since: string | null; as_of: string; total_ms: number }[];
  signed: Signed[];
}

/** The sums of a logbook, its newest flights, and how many there are of what; the rest is asked for by `book`. */
export interface Overview extends Omit<Book, 'by' | 'parts' | 'signed'> {
  count: number;
  without_pilot: number;
  left_out_count: number;
  places: { place: string | null; flights: number; total_ms: number }[];
  place_count: number;
}

export interface Certificate {
  id: string;
  kind: string;
  obtained: string;
  expires: string | null;
  number: string | null;
}

export interface Person {
  id: string;
  name: string;
  zone: string;
  certificates: Certificate[];
}

export interface Standing {
  pilot: string;
  rule: string;
  allows: string | null;
  subject: string | null;
  verdict: 'current' | 'lapsed' | 'never met' | 'unknown';
  until: string | null;
  because: string;
}

export interface Rule {
  id: string;
  title: string;
  authority: string;
  source: { title: string; url: string; where: string } | null;
}

export interface Currency {
  on: string;
  within_days: number;
  standings: Standing[];
  lapsing: Standing[];
  rules: Rule[];
}

export interface AssignDone {
  id: string;
  flights: number;
  asked: number;
  left: number;
}

export interface Source {
  title: string;
  url: string;
  where: string;
}

/** A number with its interval and evidence; or, without `value`, why there is none. */
export interface Finding {
  quantity: string;
  value?: number;
  low?: number;
  high?: number;
  count?: number;
  evidence?: string[];
  method?: Source;
  why?: string;
}

export interface Trend {
  quantity: string;
  per?: string;
  slope?: number;
  low?: number;
  high?: number;
  count?: number;
  why?: string;
}

export interface Craft {
  name: string | null;
  registration: string | null;
  type: string | null;
  serials: string[];
  registered: boolean;
  model: string | null;
  firmwares: string[];
  flights: number;
  airborne_s: number;
  airborne_unknown: number;
  simulated: number;
  first: string | null;
  last: string | null;
  aboard: string[];
  grounded: string[];
}

export interface Battery {
  known_by: string;
  serial: string | null;
  flights: number;
  airborne_s: number;
  airborne_unknown: number;
  first: string | null;
  last: string | null;
  drawn_ah: Finding;
  full_cycles: Finding;
  resistance: Finding;
  capacity: Finding;
  spread_rest: Finding;
  resistance_trend: Trend;
  capacity_trend: Trend;
  advice: { verdict: string; reasons: { verdict: string; says: string; source: Source | null }[] };
}

export interface BatteryFlight {
  known_by: string;
  flight: string;
  start: string | null;
  airborne_s: number | null;
  least_v: number | null;
  percent_first: number | null;
  percent_last: number | null;
  temperature_c: number | null;
  drawn_ah: Finding;
  resistance: Finding;
  capacity: Finding;
}

export interface Component {
  name: string;
  kind: string;
  serial: string | null;
  installations: { aircraft: string; from: string | null; until: string | null }[];
  usage: { flights: number; airborne_s: number; airborne_unknown: number; undated: number };
}

export interface Task {
  plan_id: string;
  component_id: string;
  title: string;
  due: 'later' | 'soon' | 'now' | 'overdue';
  because: string[];
  grounds: boolean;
}

export interface Fleet {
  looked: boolean;
  aircraft: Craft[];
  batteries: Battery[];
  components: Component[];
  maintenance: Task[];
  grounded: { aircraft: string; reasons: string[] }[];
  unread: { flight: string; why: string }[];
  battery_flights: BatteryFlight[];
}

/** UTC in ISO 8601, or microseconds on the log's own clock where the flight has no UTC. */
export type LogTime = string | number | null;

export interface PhaseSpan {
  phase: string;
  start: LogTime;
  end: LogTime;
  seconds: number;
  rows: [first: number, end: number];
}

export interface Evidence {
  table: string;
  first_row: number;
  end_row: number;
  says: string;
  origin: string;
}

export interface Happening {
  kind: string;
  severity: 'info' | 'notice' | 'warning' | 'critical';
  sentence: string;
  start: LogTime;
  end: LogTime;
  place: LonLat | null;
  value: number | null;
  evidence: Evidence[];
  sources: Source[];
}

export interface Happened {
  flight: string;
  utc: boolean;
  phases: PhaseSpan[];
  events: Happening[];
  wind: {
    from_deg: number;
    speed_mps: number;
    basis: string;
    error_mps: number | null;
    evidence: Evidence;
  } | null;
}

export const book = (query: URLSearchParams) => ask<Book>(`/logbook?${query}`);
export const overview = () => ask<Overview>('/logbook/overview');
export const bookCsv = (query: URLSearchParams) => `${API}/logbook.csv?${query}`;
export const EXPIRIES_ICS = `${API}/currency.ics`;
export const people = () => ask<{ people: Person[] }>('/people').then((answer) => answer.people);
export const currency = (pilot = '') => ask<Currency>(`/currency?${new URLSearchParams({ pilot })}`);
export const fleet = (look: boolean) => ask<Fleet>(`/fleet?look=${look}`);
export const happened = (id: string) => ask<Happened>(`/flights/${encodeURIComponent(id)}/happened`);
export const sign = (pilot: string, month: string, note: string) =>
  change<Signed>('/logbook/sign', { pilot, month, note });
export const undoAssign = (id: string) => change<AssignDone>('/assign/undo', { change: id });
export const addPerson = (body: object) => change<Person>('/people', body);
export const editPerson = (id: string, body: object) =>
  change<Person>(`/people/${encodeURIComponent(id)}`, body);
export const ground = (aircraft: string, why: string) => change<unknown>('/fleet/ground', { aircraft, why });
export const release = (aircraft: string) => change<unknown>('/fleet/release', { aircraft });

/** So many ids keep a request below the server's limit on bodies. */
const IDS_AT_ONCE = 1500;

/** Assign flights, in several changes where they are very many; told how many are done. */
export async function assign(
  flights: readonly string[],
  fields: Partial<Record<FieldName, string>>,
  progress: (done: number) => void,
): Promise<AssignDone[]> {
  const made: AssignDone[] = [];
  for (let from = 0; from < flights.length; from += IDS_AT_ONCE) {
    const some = flights.slice(from, from + IDS_AT_ONCE);
    made.push(await change<AssignDone>('/assign', { flights: some, fields }));
    progress(from + some.length);
  }
  return made;
}
