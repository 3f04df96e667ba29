/** What the server's planning answers look like; see `planning_schema.py`. */
import type { LonLat } from '../api/types';

export type Pattern =
  | 'survey'
  | 'corridor'
  | 'orbit'
  | 'facade'
  | 'bridge'
  | 'stockpile'
  | 'perimeter'
  | 'search'
  | 'sampling';

export interface Drawn {
  areas: LonLat[][][];
  lines: LonLat[][];
  points: LonLat[];
}

export interface Choices {
  cameras: { name: string }[];
  aircraft: { name: string }[];
  checks: { name: string; why: string }[];
  formats: { name: string; title: string; suffixes: string[]; loses: string[] }[];
}

export interface Finding {
  check: string;
  outcome: 'passed' | 'failed' | 'not checked';
  reason: string;
  lon: number | null;
  lat: number | null;
}

export interface Way {
  name: string;
  way: [number, number, number][];
  home: LonLat | null;
  fences: { stay_in: boolean; corners?: LonLat[]; centre?: LonLat; radius_m?: number }[];
}

export interface Profile {
  along_m: number[];
  height_m: number[];
  ground_m: (number | null)[] | null;
}

/** What of an opened mission was kept when it was planned anew. */
export interface Kept {
  actions: number;
  lost: { waypoint: number; does: string }[];
  lost_count: number;
}

export interface Plan extends Way {
  kept: Kept | null;
  flight: {
    waypoints: number;
    length_m: number;
    seconds: number | null;
    battery_left: number | null;
    battery_told_by: string | null;
  };
  flights_s: (number | null)[];
  cannot_split: string;
  checks: Finding[];
  photos: [number, number, number, number][];
  photo_count: number;
  photos_shown_every: number;
  frame: { across: number; along: number } | null;
  look: { height_m: number; gsd_cm: number | null; line_m: number | null; trigger_m: number | null };
  profile: Profile;
}

export interface PlanRead {
  format: string;
  mission: Way | null;
  photo_count: number;
  drawing: Drawn | null;
  editable: Drawn | null;
  opened: string;
  planned_anew: number;
  problems: string[];
  not_understood: string[];
}

export interface Compared {
  area_m2: number;
  covered: number;
  gap_m2: number;
  planned_photos: number;
  flown_photos: number;
  photos_from: string;
  gaps: LonLat[][];
  flown: LonLat[];
}

export interface Ground {
  id: string;
  name: string;
  datum: string;
  cell_m: number;
}

/** The body of `POST /plan`; `how` holds the numbers of the pattern. */
export interface PlanAsked {
  pattern: Pattern;
  drawn: Drawn;
  keep_outs: LonLat[][][];
  home?: LonLat | null;
  quick?: boolean;
  opened?: string;
  how: Record<string, number | string | boolean>;
  [name: string]: unknown;
}
