/** Videos of the archive, as the server tells of them. */
import { API, ask } from '../api/client';
import type { LonLat } from '../api/types';
import type { Photo } from '../photos/api';

export interface VideoSample {
  at_s: number;
  position: LonLat | null;
  height_m: number | null;
}

export interface VideoAnswer {
  photo: Photo;
  duration_s: number | null;
  frames_per_s: number | null;
  codec: string;
  media_type: string;
  starts: string | null;
  error_s: number | null;
  time_zone: string | null;
  telemetry: string;
  samples: VideoSample[];
}

export const video = (id: string) => ask<VideoAnswer>(`/videos/${id}`);
export const bytesAddress = (id: string) => `${API}/videos/${id}/bytes`;
