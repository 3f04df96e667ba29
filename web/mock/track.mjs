/** Simulated tracks: a survey, a line inspection, a search. Nothing here was ever flown. */
import { random } from './random.mjs';

const M_PER_DEGREE = 111_195;
const HZ = 5;

/** Way points in metres east and north of home, with height. */
const PATTERNS = {
  survey(next) {
    const rows = 6 + Math.floor(next() * 5);
    const length = 140 + next() * 220;
    const height = 60 + next() * 50;
    const turn = next() * Math.PI;
    const points = [];
    for (let row = 0; row < rows; row++) {
      const ends = row % 2 === 0 ? [0, length] : [length, 0];
      for (const along of ends) points.push([...turned(along - length / 2, 30 + row * 26, turn), height]);
    }
    return points;
  },
  line(next) {
    const points = [];
    let [east, north] = [20, 30];
    const course = next() * 2 * Math.PI;
    for (let pole = 0; pole < 9; pole++) {
      east += Math.cos(course + (next() - 0.5) * 0.5) * 95;
      north += Math.sin(course + (next() - 0.5) * 0.5) * 95;
      points.push([east, north, 28], [east + 7, north + 7, 44], [east, north, 28]);
    }
    return points;
  },
  search(next) {
    const turn = next() * Math.PI;
    const points = [];
    for (let leg = 1; leg <= 14; leg++) {
      const reach = 34 * Math.ceil(leg / 2);
      const [east, north] = [
        [1, 1],
        [-1, 1],
        [-1, -1],
        [1, -1],
      ][leg % 4];
      points.push([...turned(east * reach, north * reach, turn), 55 + leg * 2]);
    }
    return points;
  },
};

function turned(east, north, angle) {
  return [east * Math.cos(angle) - north * Math.sin(angle), east * Math.sin(angle) + north * Math.cos(angle)];
}

/** Fly the way points and note where the craft is, HZ times a second. */
export function fly({ seed, home, pattern, two }) {
  const next = random(seed);
  const speed = 6 + next() * 6;
  const ways = [[0, 0, 0], [0, 0, 20], ...PATTERNS[pattern](next), [0, 0, 30], [0, 0, 0]];
  const samples = [];
  let t = 0;
  let mode = 'STABILIZE';
  const note = (east, north, height, velocity, yaw, inAir) => {
    const drift = Math.sin(t / 7) * 0.4 + (next() - 0.5) * 0.1;
    samples.push({
      t,
      east: east + drift,
      north: north + Math.cos(t / 9) * 0.4,
      height,
      velocity,
      yaw,
      mode,
      inAir,
    });
    t += 1 / HZ;
  };
  for (let i = 0; i < 8 * HZ; i++) note(0, 0, 0, [0, 0, 0], 30, false);
  let yaw = 30;
  for (let leg = 1; leg < ways.length; leg++) {
    const [from, to] = [ways[leg - 1], ways[leg]];
    const ground = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const rise = to[2] - from[2];
    const seconds = Math.max(ground / speed, Math.abs(rise) / 3, 1);
    const count = Math.round(seconds * HZ);
    if (ground > 2) yaw = ((Math.atan2(to[0] - from[0], to[1] - from[1]) * 180) / Math.PI + 360) % 360;
    mode = leg <= 1 ? 'GUIDED' : leg >= ways.length - 2 ? 'RTL' : 'AUTO';
    const velocity = [(to[1] - from[1]) / seconds, (to[0] - from[0]) / seconds, -rise / seconds];
    for (let i = 0; i < count; i++) {
      const eased = smooth(i / count);
      const pace = 0.55 + 0.45 * Math.sin(Math.PI * (i / count));
      note(
        from[0] + (to[0] - from[0]) * eased,
        from[1] + (to[1] - from[1]) * eased,
        from[2] + rise * eased,
        velocity.map((v) => v * pace * 1.25),
        yaw,
        true,
      );
    }
  }
  mode = 'LAND';
  for (let i = 0; i < 4 * HZ; i++) note(0, 0, 0, [0, 0, 0], yaw, false);
  return columns(samples, home, two, next);
}

const smooth = (part) => part * part * (3 - 2 * part);

function columns(samples, [lon, lat], two, next) {
  const lonScale = M_PER_DEGREE * Math.cos((lat * Math.PI) / 180);
  const ground = 180 + next() * 120;
  const last = samples.at(-1).t;
  const used = 0.35 + Math.min(0.5, last / 1800);
  const column = (of) => samples.map(of);
  const battery = (offset) =>
    column(({ t }) => Math.round((98 - offset - (t / last) * used * 100) * 10) / 10);
  const made = {
    t: column(({ t }) => t),
    lon: column(({ east }) => lon + east / lonScale),
    lat: column(({ north }) => lat + north / M_PER_DEGREE),
    height_m: column(({ height, t }) => Math.max(0, height + Math.sin(t) * 0.2)),
    altitude_m: column(({ height }) => ground + height),
    vn_mps: column(({ velocity }) => velocity[0]),
    ve_mps: column(({ velocity }) => velocity[1]),
    vd_mps: column(({ velocity }) => velocity[2]),
    roll_deg: column(({ t }) => Math.sin(t * 1.3) * 4),
    pitch_deg: column(({ t }) => Math.cos(t * 1.1) * 5),
    yaw_deg: column(({ yaw }) => yaw),
    battery_percent: battery(0),
    battery_voltage_v: column(({ t }) => 25.1 - (t / last) * 2.4 + Math.sin(t) * 0.05),
    satellites: column(({ t }) => 15 + Math.round(Math.sin(t / 40) * 2)),
    link_percent: column(({ t }) => Math.round(92 + Math.sin(t / 11) * 7)),
    mode: column(({ mode }) => mode),
    in_air: column(({ inAir }) => inAir),
    armed: column(() => true),
  };
  if (two) made.battery_percent_2 = battery(2.5);
  return made;
}
