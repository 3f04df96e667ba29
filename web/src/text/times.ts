/** Times, always with their zone named. */
import type { Flight } from '../api/types';
import { UNKNOWN } from './units';

export interface Moment {
  date: string;
  clock: string;
  zone: string;
}

type Parts = Partial<Record<Intl.DateTimeFormatPartTypes, string>>;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let made = formats.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'short',
    });
    formats.set(zone, made);
  }
  return made;
}

/** A UTC time as the clocks of a zone showed it; null where the zone is unknown to this browser. */
export function inZone(iso: string, zone: string | null): Moment | null {
  const at = Date.parse(iso);
  if (!Number.isFinite(at) || !zone) return null;
  try {
    const parts: Parts = {};
    for (const { type, value } of format(zone).formatToParts(at)) parts[type] = value;
    const { year, month, day, hour, minute, second, timeZoneName } = parts;
    return {
      date: `${year}-${month}-${day}`,
      clock: `${hour}:${minute}:${second}`,
      zone: timeZoneName ?? zone,
    };
  } catch {
    return null; // the server's zone table is newer than the browser's
  }
}

export const inUtc = (iso: string) => inZone(iso, 'UTC');

export interface StartText {
  /** The wall clock people remember, with its zone, or what is known instead. */
  first: string;
  second: string;
}

/** For lists: `GMT+5:30`, which browsers write where a zone has no letters of its own, is `+5:30` there. */
const short = ({ date, clock, zone }: Moment) =>
  `${date} ${clock.slice(0, 5)} ${zone.replace(/^GMT(?=[+-])/, '')}`;

/** When a recording began: local time first, UTC below it; or its wall clock, or nothing, where UTC is unknown. */
export function startText(flight: Flight): StartText {
  const start = flight.recording_start;
  if (start === null) {
    if (!flight.local_start) return { first: 'Date unknown', second: '' };
    return { first: flight.local_start.replace('T', ' ').slice(0, 16), second: 'wall clock, zone unknown' };
  }
  const utc = inUtc(start);
  const local = inZone(start, flight.time_zone);
  if (!utc) return { first: start, second: '' };
  if (!local || local.zone === 'UTC') return { first: short(utc), second: '' };
  const dayDiffers = local.date !== utc.date;
  return { first: short(local), second: `${dayDiffers ? `${utc.date} ` : ''}${utc.clock.slice(0, 5)} UTC` };
}

/** One time in full, in UTC and where the flight was. */
export function fullText(iso: string | null, zone: string | null): { utc: string; local: string } {
  if (iso === null) return { utc: UNKNOWN, local: '' };
  const utc = inUtc(iso);
  const local = inZone(iso, zone);
  return {
    utc: utc ? `${utc.date} ${utc.clock} UTC` : iso,
    local: local && zone !== 'UTC' ? `${local.date} ${local.clock} ${local.zone}` : '',
  };
}

/** The day after a date in `YYYY-MM-DD`, so that a filter's last day is inside it. */
export function dayAfter(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

/** A moment of a log kept here: `2026-11-22 12:40 UTC`. */
export function stamp(iso: string | null): string {
  if (iso === null) return UNKNOWN;
  const utc = inUtc(iso);
  return utc ? short(utc) : iso;
}
