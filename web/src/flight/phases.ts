/** Phases and events of a flight in the terms of its replay: seconds from the first sample, and colours by token. */
import type { Happened, Happening, LogTime, PhaseSpan } from '../api/logbook';
import type { Numbers } from '../api/types';
import type { Track } from './track';

/** Token of the colour of each phase; alike in the list, in charts and on the map. */
export const PHASES: Readonly<Record<string, string>> = {
  ground: 'line-strong',
  taxi: 'plain-ink',
  takeoff: 'ok-ink',
  climb: 'chart-height',
  transit: 'chart-speed',
  survey: 'chart-battery',
  hover: 'chart-battery-2',
  descent: 'info-ink',
  landing: 'signal',
  unknown: 'line',
};

export const SEVERITY_TOKEN: Readonly<Record<Happening['severity'], string>> = {
  info: 'ink-3',
  notice: 'info-ink',
  warning: 'warn-ink',
  critical: 'bad-ink',
};

export const phaseToken = (phase: string) => PHASES[phase] ?? 'line';

export interface Bands {
  spans: { from: number; to: number; token: string }[];
  marks: { at: number; token: string }[];
}

export const NO_BANDS: Bands = { spans: [], marks: [] };

/** Microseconds of a time on the clock of the track; null where it is not stated. */
export function usOf(time: LogTime): number | null {
  if (time === null || typeof time === 'number') return time;
  const ms = Date.parse(time);
  return Number.isFinite(ms) ? ms * 1000 : null;
}

type Clock = Pick<Track, 'startUs' | 'timeIsUtc'>;

/** Seconds in the replay; null where the time is not stated, or is on another clock than the track. */
export function secondsOf(time: LogTime, track: Clock): number | null {
  const us = usOf(time);
  if (us === null || (typeof time === 'string') !== track.timeIsUtc) return null;
  return (us - track.startUs) / 1e6;
}

export function bandsOf(found: Happened, track: Clock): Bands {
  const spans = found.phases.flatMap(({ phase, start, end }) => {
    const [from, to] = [secondsOf(start, track), secondsOf(end, track)];
    return from === null || to === null ? [] : [{ from, to, token: phaseToken(phase) }];
  });
  const marks = found.events.flatMap(({ start, severity }) => {
    const at = severity === 'info' ? null : secondsOf(start, track);
    return at === null ? [] : [{ at, token: SEVERITY_TOKEN[severity] }];
  });
  return { spans, marks };
}

/** Which phase each sample of a track is in, as its place in `names`; null where none is told. */
export function phaseNumbers(
  found: Happened,
  track: Pick<Track, 't'> & Clock,
): { values: Numbers; names: string[] } {
  const names = [...new Set(found.phases.map(({ phase }) => phase))];
  const spans = found.phases.map((span) => ({ ...bounds(span, track), index: names.indexOf(span.phase) }));
  let at = 0;
  const values = track.t.map((second) => {
    while (at < spans.length - 1 && second >= (spans[at]?.to ?? Number.POSITIVE_INFINITY)) at += 1;
    const span = spans[at];
    return span && second >= span.from && second <= span.to ? span.index : null;
  });
  return { values, names };
}

function bounds(span: PhaseSpan, track: Clock): { from: number; to: number } {
  const [from, to] = [secondsOf(span.start, track), secondsOf(span.end, track)];
  return { from: from ?? Number.POSITIVE_INFINITY, to: to ?? Number.NEGATIVE_INFINITY };
}

/** How long each phase lasted in all, longest first. */
export function phaseSums(phases: readonly PhaseSpan[]): { phase: string; seconds: number }[] {
  const found = new Map<string, number>();
  for (const { phase, seconds } of phases) found.set(phase, (found.get(phase) ?? 0) + seconds);
  return [...found].map(([phase, seconds]) => ({ phase, seconds })).sort((a, b) => b.seconds - a.seconds);
}
