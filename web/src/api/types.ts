/** What the server says: the shapes of `/api/v1`, as documented in its OpenAPI document. Positions are `[lon, lat]`. */

export type LonLat = [lon: number, lat: number];

export type TimeBasis = 'utc_gnss' | 'utc_device' | 'utc_fitted' | 'local' | 'boot' | 'none';

export interface About {
  version: string;
  archive: { id: string; simulated: boolean; flights: number; files: number };
  /** Whether the owner gave a basemap; some servers say where it is. */
  basemap_pmtiles: boolean | string | null;
  attributions: string[];
}

export interface Aircraft {
  name: string;
  model: string;
  serial: string;
  kind: string;
  firmware: string;
}

export interface FlightSource {
  file: string;
  format: string;
  sha256: string;
  chosen: boolean;
  why: string;
  clock_offset_s: number | null;
  recording_id: string;
}

export interface Flight {
  id: string;
  case: string;
  recording_start: string | null;
  recording_s: number | null;
  takeoff: string | null;
  landing: string | null;
  airborne_s: number | null;
  distance_m: number | null;
  distance_basis: string;
  max_height_m: number | null;
  max_speed_mps: number | null;
  max_range_m: number | null;
  home: LonLat | null;
  place: string | null;
  time_zone: string | null;
  local_start: string | null;
  aircraft: Aircraft;
  batteries: { slot: number; serial: string }[];
  sources: FlightSource[];
  track_rows: number;
  track_locked: boolean;
  time_basis: TimeBasis;
  time_error_s: number | null;
  bench: boolean;
  simulated: boolean;
  inferences: string[];
  aliases: string[];
}

export interface Problem {
  file: string;
  offset: number | null;
  length: number;
  what: string;
}

export interface Note {
  id: string;
  text: string;
  author: string;
  at: string | null;
}

export interface Offer {
  flight: string;
  why: string;
}

export interface FlightDetail extends Flight {
  problems: Problem[];
  notes: Note[];
  offers: Offer[];
}

/** Sums over every flight that fits the filters, not only the page sent. */
export interface FlightSums {
  airborne_s: number;
  distance_m: number;
}

export interface FlightsAnswer {
  total: number;
  flights: Flight[];
  sums?: FlightSums;
}

export type Numbers = (number | null)[];

export interface TrackAnswer {
  rows: number;
  rows_total: number;
  thinning?: string;
  time_basis: TimeBasis;
  time_error_s: number | null;
  columns: Record<string, (number | string | boolean | null)[]>;
  origins: Record<string, string>;
}

export interface FlightLine {
  id: string;
  parts: LonLat[][];
}

export interface LinesAnswer {
  lines: FlightLine[];
  truncated: boolean;
}

export type FileState = 'read' | 'locked' | 'not-understood' | 'failed' | 'too-large' | 'pending';

export interface KeptFile {
  file: string;
  size: number;
  format: string | null;
  state: FileState;
  flights: string[];
  problems: number;
  sha256: string;
  received: string | null;
  why?: string;
}

export type JobState = 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

export interface Job {
  id: string;
  kind: string;
  state: JobState;
  done: number;
  total: number | null;
  unit: string;
  note: string;
  started: string | null;
  ended: string | null;
}

export interface UploadAnswer {
  file: string;
  state: FileState;
  flights: string[];
  duplicate: boolean;
  problems: number;
  message: string;
}

export interface ArchiveEvent {
  seq: number;
  at: string;
  what: string;
  about: string;
}

export interface ErrorBody {
  error: { what: string; try_this: string };
}

export type ExportKind = 'gpx' | 'kml' | 'geojson' | 'csv' | 'parquet';

/** Something a file says at some time: `at` in UTC where known, `clock_s` on its own clock. */
export interface LogRow {
  at: string | null;
  clock_s: number | null;
  text: string;
}

export interface Parameter {
  name: string;
  value: number | null;
  default: number | null;
  changed: number;
  last: number | null;
}

export interface SourceLog {
  file: string;
  format: string;
  time_basis: TimeBasis;
  identity: Record<string, string>;
  messages: (LogRow & { severity: number | null; component: string })[];
  messages_total: number;
  events: (LogRow & { kind: string; origin: string })[];
  events_total: number;
}

export interface FlightLog {
  flight: string;
  sources: SourceLog[];
  parameters: Parameter[];
}
