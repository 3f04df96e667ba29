import type { Flight, TrackAnswer } from '../src/api/types';

const FLIGHT: Flight = {
  id: 'f'.repeat(32),
  case: 'general',
  recording_start: '2026-11-20T15:28:00Z',
  recording_s: 320,
  takeoff: '2026-11-20T15:28:09Z',
  landing: '2026-11-20T15:33:09Z',
  airborne_s: 300,
  distance_m: 1860,
  distance_basis: 'summed along the track',
  max_height_m: 44,
  max_speed_mps: 10,
  max_range_m: 830,
  home: [-88.2, 40.1],
  place: 'Dodge City, Kansas, US',
  time_zone: 'America/Chicago',
  local_start: null,
  aircraft: { name: 'Heron', model: 'M300', serial: 'SIM-1', kind: 'multirotor', firmware: '' },
  batteries: [],
  sources: [],
  track_rows: 100,
  track_locked: false,
  time_basis: 'utc_gnss',
  time_error_s: 0.2,
  bench: false,
  simulated: false,
  inferences: [],
  aliases: [],
};

export const aFlight = (said: Partial<Flight>): Flight => ({ ...FLIGHT, ...said });

export function aTrack(columns: TrackAnswer['columns'], said: Partial<TrackAnswer> = {}): TrackAnswer {
  const rows = columns['time_us']?.length ?? 0;
  return { rows, rows_total: rows, time_basis: 'utc_gnss', time_error_s: 0.2, columns, origins: {}, ...said };
}
