/** A simulated archive: flights at well-known public places, all of them made up and all of them marked so. */
import { createHash } from 'node:crypto';
import { random } from './random.mjs';
import { fly } from './track.mjs';

const PLACES = [
  ['Dodge City, Kansas, US', 'America/Chicago', -100.02, 37.75],
  ['Marfa, Texas, US', 'America/Chicago', -104.02, 30.31],
  ['Moab, Utah, US', 'America/Denver', -109.55, 38.57],
  ['Astoria, Oregon, US', 'America/Los_Angeles', -123.83, 46.19],
  ['Healdsburg, California, US', 'America/Los_Angeles', -122.87, 38.61],
  ['Bar Harbor, Maine, US', 'America/New_York', -68.2, 44.39],
  ['Winterthur, Zürich, CH', 'Europe/Zurich', 8.72, 47.5],
  ['Inverness, Scotland, GB', 'Europe/London', -4.22, 57.48],
  ['Łódź, Poland', 'Europe/Warsaw', 19.46, 51.76],
  ['Geraldton, Western Australia, AU', 'Australia/Perth', 114.61, -28.77],
];
const AIRCRAFT = [
  ['Heron 2', 'Matrice 300 RTK', 'SIM-3NZ0041', 'multirotor', true],
  ['Kestrel', 'Mavic 3 Enterprise', 'SIM-9F10882', 'multirotor', false],
  ['', 'ArduCopter Hexa', 'SIM-AC00017', 'multirotor', true],
  ['Longreach', 'ArduPlane VTOL', 'SIM-QP00003', 'vtol', false],
  ['', 'Mini 3 Pro', 'SIM-5G77120', 'multirotor', false],
];
const PATTERNS = ['survey', 'line', 'search'];
const START = Date.UTC(2026, 10, 20, 15, 30);

const sha = (text) => createHash('sha256').update(text).digest('hex');
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** The same flight for the same number, every time. */
export function flight(i) {
  const next = random(i * 7919 + 13);
  const [place, zone, lon, lat] = PLACES[Math.floor(next() * PLACES.length)];
  const [name, model, serial, kind, two] = AIRCRAFT[Math.floor(next() * AIRCRAFT.length)];
  const home = [lon + (next() - 0.5) * 0.09, lat + (next() - 0.5) * 0.06];
  const pattern = PATTERNS[Math.floor(next() * PATTERNS.length)];
  const state = special(i);
  const begun = START - i * 7.3 * 3600e3 - Math.floor(next() * 3 * 3600e3);
  const seconds = Math.round(240 + next() * 900);
  const plan = { seed: i, home, pattern, two };
  const row = {
    id: sha(`flight ${i}`).slice(0, 32),
    case: 'general',
    recording_start: state.clock ? null : iso(begun),
    recording_s: seconds + 31.4,
    takeoff: state.clock ? null : iso(begun + 9e3),
    landing: state.clock ? null : iso(begun + (9 + seconds) * 1e3),
    airborne_s: state.bench ? null : seconds,
    distance_m: state.bench ? null : seconds * (4 + next() * 4),
    distance_basis: state.locked ? 'stated by the recorder' : 'summed along the track',
    max_height_m: state.bench ? null : 40 + next() * 78,
    max_speed_mps: state.bench ? null : 9 + next() * 7,
    max_range_m: state.bench ? null : 120 + next() * 700,
    home,
    place,
    time_zone: zone,
    local_start: state.clock ? iso(begun).slice(0, 19) : null,
    aircraft: { name, model, serial, kind, firmware: kind === 'vtol' ? 'ArduPlane 4.6.1' : '' },
    batteries: (two ? [1, 2] : [1]).map((slot) => ({ slot, serial: `SIM-B${100 + (i % 9) * 2 + slot}` })),
    track_rows: state.locked || state.bench || state.bare ? 0 : 3000,
    track_locked: state.locked,
    time_basis: state.clock
      ? 'local'
      : kind === 'vtol' || model.startsWith('Ardu')
        ? 'utc_gnss'
        : 'utc_device',
    time_error_s: state.clock ? null : 0.2,
    bench: state.bench,
    simulated: true,
    inferences: state.clock
      ? ['Coordinates are read as longitude, latitude: all 412 fit that order and 0 the other.']
      : [],
    aliases: [],
  };
  row.sources = sources(i, row, model, begun);
  return { row, plan };
}

function special(i) {
  return { locked: i % 11 === 4, bench: i % 13 === 7, clock: i % 9 === 5, bare: i % 17 === 9 };
}

function sources(i, row, model, begun) {
  const day = iso(begun).slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
  const source = (file, format, chosen, why, offset = null) => ({
    file,
    format,
    sha256: sha(`${file}${i}`),
    chosen,
    why,
    clock_offset_s: offset,
    recording_id: sha(file).slice(0, 32),
  });
  if (model.startsWith('Ardu'))
    return [source(`sim_${String(i).padStart(8, '0')}.BIN`, 'ardupilot-dataflash', true, 'The only source.')];
  const record = source(
    `SimFlightRecord_${day}.txt`,
    'dji-record',
    !row.track_locked && i % 3 !== 0,
    row.track_locked
      ? 'Its track is encrypted under a key not held here.'
      : 'Most samples, and satellite time.',
  );
  if (i % 3 !== 0) return [record];
  return [
    { ...record, why: 'Same take-off within 1 s and 1 m; fewer columns than the other.' },
    source(
      `sim-airdata-${i}.csv`,
      'airdata-csv',
      !row.track_locked,
      'Same rows as the record, and battery cells besides.',
      0.4,
    ),
    source(`SIM_${1000 + i}.SRT`, 'dji-srt', false, 'Lies wholly within the record; lower rate.', -2.1),
  ];
}

const tracks = new Map();

export function track(i) {
  if (!tracks.has(i)) {
    tracks.set(i, fly(flight(i).plan));
    if (tracks.size > 400) tracks.delete(tracks.keys().next().value);
  }
  return tracks.get(i);
}

export function line(i) {
  const { row } = flight(i);
  if (row.track_rows === 0) return null;
  const { lon, lat } = track(i);
  const part = lon.map((x, k) => [x, lat[k]]).filter((_, k) => k % 12 === 0);
  return { id: row.id, parts: [part] };
}

/** What the track says of a row, so that list and replay agree. */
export function measured(row, trackOf) {
  if (row.bench) return {};
  const { t, lon, lat, height_m, in_air, vn_mps, ve_mps } = trackOf();
  const scale = 111_195 * Math.cos((row.home[1] * Math.PI) / 180);
  const metres = (a, b) => Math.hypot((b[0] - a[0]) * scale, (b[1] - a[1]) * 111_195);
  const places = lon.map((x, k) => [x, lat[k]]);
  const [up, down] = [t[in_air.indexOf(true)], t[in_air.lastIndexOf(true)]];
  const at = (s) => (row.recording_start ? iso(Date.parse(row.recording_start) + s * 1000) : null);
  return {
    recording_s: t.at(-1),
    airborne_s: down - up,
    takeoff: at(up),
    landing: at(down),
    track_rows: row.track_rows && t.length,
    distance_m: places.slice(1).reduce((sum, place, k) => sum + metres(places[k], place), 0),
    max_height_m: Math.max(...height_m),
    max_speed_mps: Math.max(...vn_mps.map((vn, k) => Math.hypot(vn, ve_mps[k]))),
    max_range_m: Math.max(...places.map((place) => metres(row.home, place))),
  };
}
