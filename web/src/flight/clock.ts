/** The replay's clock: where it is, how fast it goes. It knows nothing of screens. */

export const SPEEDS = [1, 2, 4, 8, 16, 30, 60] as const;
export const FIRST_SPEED = 8;

export interface Clock {
  readonly at: number;
  readonly playing: boolean;
  readonly speed: number;
}

/** Go on by so many seconds of real time; stop at the end. */
export function advance(clock: Clock, realSeconds: number, duration: number): Clock {
  if (!clock.playing) return clock;
  const at = Math.min(duration, clock.at + realSeconds * clock.speed);
  return { ...clock, at, playing: at < duration };
}

/** Go to a time, kept inside the track. */
export function seek(clock: Clock, at: number, duration: number): Clock {
  return { ...clock, at: Math.max(0, Math.min(duration, at)) };
}

/** Play or pause; from the end, play from the beginning. */
export function toggle(clock: Clock, duration: number): Clock {
  const at = !clock.playing && clock.at >= duration ? 0 : clock.at;
  return { ...clock, at, playing: !clock.playing };
}

/** The next speed up (+1) or down (-1), within the list. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const i = SPEEDS.findIndex((candidate) => candidate >= speed);
  const next = Math.max(0, Math.min(SPEEDS.length - 1, Math.max(i, 0) + direction));
  return SPEEDS[next] ?? FIRST_SPEED;
}
