/** Findings and assets, as the server tells of them; see `inspection_schema` of the server. */
import { API, ask, change } from '../api/client';
import type { LonLat } from '../api/types';
import type { Tone } from '../text/words';

export const SEVERITIES = ['critical', 'major', 'minor', 'note'] as const;
export const STATUSES = ['open', 'planned', 'closed', 'dismissed'] as const;
export type Severity = (typeof SEVERITIES)[number];
export type Status = (typeof STATUSES)[number];
export const SEVERITY_TONE: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  major: 'warn',
  minor: 'info',
  note: 'plain',
};

export interface Ellipse {
  major_m: number;
  minor_m: number;
  azimuth_deg: number;
}

export interface Finding {
  id: string;
  photo: string;
  file: string;
  type: string;
  severity: Severity;
  status: Status;
  note: string | null;
  assigned: string | null;
  asset: string | null;
  pixel: { x: number; y: number; width: number; height: number };
  ground: {
    lon_lat: LonLat;
    height_m: number;
    height_above: string | null;
    ground: string | null;
    range_m: number;
    meets_deg: number;
    error_95: Ellipse | null;
  } | null;
  notes: string[];
}

export type Version = Finding & { at: string | null; who: string };
export type FindingHistory = Finding & { history: Version[] };

export interface Asset {
  id: string;
  name: string;
  type: string | null;
  part_of: string | null;
  photos: string[];
  findings: string[];
}

/** What a person says of a finding; what is left out stays. */
export interface Said {
  type?: string;
  severity?: Severity;
  status?: Status;
  note?: string;
  assigned?: string;
  asset?: string;
}

export const findings = (query: URLSearchParams) =>
  ask<{ findings: Finding[] }>(`/findings?${query}`).then((answer) => answer.findings);
export const finding = (id: string) => ask<FindingHistory>(`/findings/${encodeURIComponent(id)}`);
export const addFinding = (body: Said & { photo: string; x: number; y: number }) =>
  change<Finding>('/findings', body);
export const editFinding = (id: string, said: Said) =>
  change<FindingHistory>(`/findings/${encodeURIComponent(id)}`, said);
export const assets = () => ask<{ assets: Asset[] }>('/assets').then((answer) => answer.assets);
export const addAsset = (body: { name: string; type?: string; part_of?: string; photo?: string }) =>
  change<Asset>('/assets', body);
export const reportAddress = (kind: 'pdf' | 'geojson', query: URLSearchParams) =>
  `${API}/findings.${kind}?${query}`;
