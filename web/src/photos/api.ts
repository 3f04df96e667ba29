/** Photos of the archive, as the server tells of them. */
import { API, ask, change, refusal, unreachable } from '../api/client';
import type { LonLat } from '../api/types';

export interface PhotoJoin {
  flight: string | null;
  how: string;
  clock_offset_s: number | null;
  clock_error_s: number | null;
  away_m: number | null;
  why: string;
}

export interface Photo {
  id: string;
  file: string;
  kind: string;
  format: string;
  utc: string | null;
  camera_clock: string | null;
  position: LonLat | null;
  placed_by: string;
  camera: string;
  width_px: number | null;
  height_px: number | null;
  off_nadir_deg: number | null;
  gsd_m: number | null;
  outline: LonLat[][] | null;
  why_no_footprint: string | null;
  join: PhotoJoin;
  away_m: number | null;
  seen_off_nadir_deg: number | null;
}

export interface PhotosAnswer {
  photos: Photo[];
  total: number;
}

export const photos = (query: URLSearchParams, signal: AbortSignal) =>
  ask<PhotosAnswer>(`/photos?${query}`, { signal });
/** One photo by its id. */
export const onePhoto = (id: string) => ask<{ photo: Photo }>(`/photos/${id}`).then(({ photo }) => photo);
export const joinPhotos = () => change<{ looked_at: number }>('/photos/join');
export const originalAddress = (id: string) => `${API}/photos/${id}/original`;

/** Small images of many photos in one answer; null for one that has none. */
export async function thumbnails(ids: readonly string[]): Promise<(Blob | null)[]> {
  const response = await fetch(`${API}/photos/thumbnails?of=${ids.join(',')}`, {
    credentials: 'same-origin',
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return unframed(await response.arrayBuffer());
}

/** Take apart what holds images one after the other, each after its length in 32 bits. */
export function unframed(bytes: ArrayBuffer): (Blob | null)[] {
  const view = new DataView(bytes);
  const images: (Blob | null)[] = [];
  for (let at = 0; at + 4 <= bytes.byteLength; ) {
    const size = view.getUint32(at, true);
    images.push(size ? new Blob([bytes.slice(at + 4, at + 4 + size)], { type: 'image/jpeg' }) : null);
    at += 4 + size;
  }
  return images;
}
