/** All that is asked of each flight compared: what its own page asks too, so that the ledger says the same of both. */
import * as api from '../api/client';
import { RequestFailed } from '../api/client';
import { type Happened, happened } from '../api/logbook';
import type { FlightDetail, Parameter } from '../api/types';
import { type Track, trackOf } from '../flight/track';

const ROWS = 4000;

const assignments = (id: string) =>
  api
    .ask<{ assignments: Assigned[] }>(`/flights/${encodeURIComponent(id)}/assignments`)
    .then((answer) => answer.assignments);

/** What is known of one flight: null where its files do not say, or where it was refused, as `troubles` says. */
export interface Compared {
  id: string;
  flight: FlightDetail | null;
  pilot: string | null;
  track: Track | null;
  happened: Happened | null;
  parameters: readonly Parameter[];
  troubles: string[];
}

/**
 * Ask for one flight; what cannot be had is left out, and nothing else with it.
 *
 * Of one that was read before, only what people may have changed is asked for again; where nothing did, the same comes back.
 */
export async function read(id: string, before: Compared | null = null): Promise<Compared> {
  const troubles: string[] = [];
  const or = async <T>(asked: Promise<T>, what: string): Promise<T | null> => {
    try {
      return await asked;
    } catch (error) {
      const absent = error instanceof RequestFailed && error.status === 404;
      if (!absent || what === 'Flight') troubles.push(`${what}: ${said(error)}`);
      return null;
    }
  };
  const flight = await or(api.flight(id), 'Flight');
  if (!flight) return { id, flight, pilot: null, track: null, happened: null, parameters: [], troubles };
  const told = or(assignments(id), 'Pilot');
  if (before?.flight && JSON.stringify(flight) === JSON.stringify(before.flight)) {
    const pilot = pilotOf((await told) ?? [], id);
    return pilot === before.pilot ? before : { ...before, pilot };
  }
  const [answer, found, log] = await Promise.all([
    flight.track_rows > 0 && !flight.track_locked ? or(api.track(id, ROWS), 'Track') : null,
    or(happened(id), 'Phases and events'),
    or(api.log(id), 'Parameters'),
  ]);
  return {
    id,
    flight,
    pilot: pilotOf((await told) ?? [], id),
    track: answer && trackOf(answer),
    happened: found,
    parameters: log?.parameters ?? [],
    troubles,
  };
}

function said(error: unknown): string {
  if (error instanceof RequestFailed) return [error.what, error.tryThis].filter(Boolean).join(' ');
  return error instanceof Error ? error.message : 'it could not be read.';
}

interface Assigned {
  flight: string;
  field: string;
  value: string;
  at: string | null;
  until: string | null;
}

/** Who is said at present to have flown: what was said of the flight itself goes before what was said of its parts. */
export function pilotOf(told: readonly Assigned[], id: string): string | null {
  const held = told.filter((each) => each.field === 'pic' && each.until === null && each.value !== '');
  const ranked = [...held].sort(
    (a, b) => Number(a.flight === id) - Number(b.flight === id) || ((a.at ?? '') < (b.at ?? '') ? -1 : 1),
  );
  return ranked.at(-1)?.value ?? null;
}
