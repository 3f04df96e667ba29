/** What is to be hidden in photos, as the server tells of it; see `inspection_schema` of the server. */
import { API, ask, change, refusal, unreachable } from '../api/client';

export const SHOWN = ['face', 'plate', 'other'] as const;
export type Shown = (typeof SHOWN)[number];
export const KEEP = ['time', 'camera', 'exposure', 'position'] as const;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
  shown: Shown;
  score: number | null;
}

export interface Review {
  photo: string;
  file: string;
  confirmed: boolean;
  boxes: Box[];
  dismissed: Box[];
  code: string | null;
  why: string | null;
  who: string | null;
  at: string | null;
  at_us: number;
}

export interface Step {
  at: string | null;
  who: string;
  confirmed: boolean;
  boxes: number;
  dismissed: number;
  code: string | null;
}

export type ReviewHistory = Review & { history: Step[] };

export interface Derivative {
  data: Blob;
  name: string;
  hidden: number;
  foundAgain: number;
}

export const reviews = () => ask<{ reviews: Review[] }>('/redactions').then((answer) => answer.reviews);
export const review = (photo: string) => ask<ReviewHistory>(`/redactions/${photo}`);
export const propose = (photo: string) => change<ReviewHistory>(`/redactions/${photo}/propose`);
export const edit = (
  photo: string,
  seen_us: number,
  what: { add?: Omit<Box, 'score'>[]; remove?: number[] },
) => change<ReviewHistory>(`/redactions/${photo}/edit`, { ...what, seen_us });
export const confirm = (photo: string, seen_us: number) =>
  change<ReviewHistory>(`/redactions/${photo}/confirm`, { seen_us });

/** The derivative: what may be given to others. */
export async function derivative(photo: string, keep: readonly string[]): Promise<Derivative> {
  const query = new URLSearchParams(keep.map((each) => ['keep', each]));
  const response = await fetch(`${API}/photos/${photo}/derivative?${query}`, {
    credentials: 'same-origin',
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return {
    data: await response.blob(),
    name: `photo-${photo.slice(0, 8)}.jpg`,
    hidden: Number(response.headers.get('groundside-hidden') ?? 0),
    foundAgain: Number(response.headers.get('groundside-found-again') ?? 0),
  };
}
