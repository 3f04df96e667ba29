/** What the server says of fields; days are ISO 8601, rates kg N/ha. */
import type { FeatureCollection, MultiPolygon } from 'geojson';
import type { LonLat } from '../api/types';

export interface CropField {
  id: string;
  name: string;
  crop: string | null;
  cultivar: string | null;
  begun: string | null;
  began_with: string | null;
  area_ha: number;
  boundary: MultiPolygon;
}

export interface FieldImage {
  id: string;
  file: string;
  taken: string;
  bands: string;
  reflectance: boolean;
  scale: number | null;
}

export interface Patch {
  id: string;
  kind: 'strip' | 'zone';
  name: string;
  rate_kg_ha: number | null;
  boundary: MultiPolygon;
}

export interface Entry {
  day: string;
  kind: 'season' | 'stage' | 'image' | 'prescription';
  what: string;
  more: string;
  id: string;
}

export interface Stages {
  stages: { stage: string; reached: string | null }[];
  notes: string[];
  problems: string[];
  why: string;
}

export interface FieldStated {
  stated: string;
  who: string;
  crop: string | null;
  cultivar: string | null;
  begun: string | null;
  began_with: string | null;
  area_ha: number;
}

export interface FieldPage extends CropField {
  history: FieldStated[];
  images: FieldImage[];
  weather: { id: string; name: string } | null;
  patches: Patch[];
  stages: Stages | null;
  calendar: Entry[];
}

export interface ImageLook extends FieldImage {
  rows: number;
  columns: number;
  pixel_m: number;
  corners: LonLat[];
  band_numbers: Record<string, number>;
  count: number;
  says: string;
  indices: string[];
  without: Record<string, string>;
}

export interface Layer {
  layer: string;
  title: string;
  unit: string;
  formula: string;
  source: string;
  note: string;
  stops: string[];
  low: number;
  high: number;
  mean: number | null;
  deviation: number | null;
  count: number;
  edges: number[];
  bars: number[];
  picture: string;
}

export interface Need {
  name: string;
  unit: string;
  what: string;
  low: number;
  high: number | null;
  optional: boolean;
}

export interface Source {
  title: string;
  url: string;
}

export interface Model {
  name: string;
  title: string;
  per_pixel: string;
  table: boolean;
  needs: Need[];
  sources: Source[];
}

export interface Product {
  name: string;
  title: string;
  unit: string;
}

export interface Choices {
  indices: { name: string; title: string; formula: string; bands: string[] }[];
  models: Model[];
  products: Product[];
}

export interface Interval {
  low: number | null;
  high: number | null;
  level: number;
}

/** What a model says: a rate with why; or what is missing and what would be evidence. */
export interface Answer {
  model: string;
  rate_kg_ha?: number;
  confidence?: string;
  why?: string;
  what?: string;
  would_help?: string[];
  inputs: Record<string, number | string>;
  worked: Record<string, number | string | null>;
  sources: Source[];
  notes?: string[];
  limited?: string;
  interval?: Interval | null;
}

export interface RateAnswer {
  outcome: string;
  answer: Answer;
  rate: string;
  layer: (Layer & { why?: Record<string, number> }) | null;
}

export interface Probe {
  bands: Record<string, number | null>;
  index: number | null;
  rate_kg_ha: number | null;
  why: string | null;
  advice: Answer | null;
  stage: { stage: string; bbch: number | null; feekes: string | null; reached: string } | null;
}

export interface Missing {
  what: string;
  would_help: string[];
  sources?: Source[];
}

export interface Zone {
  code: number;
  rate: number;
  unit: string;
  nitrogen_kg_ha: number;
  area_ha: number;
  polygons: number;
  said: string;
}

export interface Bill {
  product: string;
  amount: number;
  unit: string;
  cost: number | null;
  saving: number | null;
  saving_interval: Interval | null;
}

export interface Made {
  outcome: string;
  what?: string;
  would_help?: string[];
  sources?: Source[];
  unit?: string;
  zones?: Zone[];
  evidence?: { enough: boolean; said: string; confidence: string; notes: string[]; missing: Missing | null };
  made?: { given_kg: number; wanted_kg: number; cell_m: number; merged: number; without_ha: number };
  bill?: Bill | null;
  stops?: string[];
  outlines: FeatureCollection | null;
}

export const NOT_ENOUGH = 'not enough evidence for a rate';
