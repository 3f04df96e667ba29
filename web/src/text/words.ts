/** The words for states, in one place, so that a state is called the same wherever it shows. */
import type { FileState, Flight, JobState, TimeBasis } from '../api/types';

export const TIME_BASIS: Readonly<Record<TimeBasis, string>> = {
  utc_gnss: 'UTC from satellite time in the file',
  utc_device: 'UTC as stated by the recording device',
  utc_fitted: 'UTC fitted from another source of this flight',
  local: 'Wall clock of an unknown zone: UTC unknown',
  boot: 'Time since power-on: UTC unknown',
  none: 'No clock in the file: UTC unknown',
};

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'sim' | 'plain';

export interface StateWords {
  label: string;
  tone: Tone;
  meaning: string;
}

export const FILE_STATE: Readonly<Record<FileState, StateWords>> = {
  read: { label: 'Read', tone: 'ok', meaning: 'Its content was read.' },
  locked: {
    label: 'Track locked',
    tone: 'warn',
    meaning: 'The logbook row was read; the track is encrypted. Unlock it: groundside keychain request FILE',
  },
  'not-understood': {
    label: 'Not understood',
    tone: 'info',
    meaning:
      'No decoder recognises its content. Its bytes are kept and will be tried again when a decoder is added.',
  },
  failed: {
    label: 'Failed',
    tone: 'bad',
    meaning: 'A decoder recognised it but found nothing it could use.',
  },
  'too-large': {
    label: 'Too large',
    tone: 'warn',
    meaning: 'Larger than the limit for one file, so it was not taken in.',
  },
  pending: { label: 'Pending', tone: 'plain', meaning: 'Kept; not read yet.' },
};

export const JOB_STATE: Readonly<Record<JobState, StateWords>> = {
  running: { label: 'Running', tone: 'info', meaning: '' },
  done: { label: 'Done', tone: 'ok', meaning: '' },
  failed: { label: 'Failed', tone: 'bad', meaning: '' },
  cancelled: { label: 'Cancelled', tone: 'plain', meaning: '' },
  interrupted: { label: 'Interrupted', tone: 'warn', meaning: 'Its process ended first; it can be resumed.' },
};

export interface Badge {
  label: string;
  tone: Tone;
  title: string;
}

/** The mark of a flight whose place on the time line is not known. */
export function utcUnknown(flight: Flight): Badge | null {
  if (flight.recording_start !== null) return null;
  return { label: 'UTC unknown', tone: 'warn', title: TIME_BASIS[flight.time_basis] };
}

/** What a reader must know of a flight before trusting its row. */
export function badges(flight: Flight): Badge[] {
  const found: Badge[] = [];
  if (flight.simulated) {
    found.push({
      label: 'SIMULATED',
      tone: 'sim',
      title: 'Made by the simulator: no such flight took place.',
    });
  }
  if (flight.track_locked) {
    found.push({
      label: 'Track locked',
      tone: 'warn',
      title: 'The track is encrypted under a key not held here.',
    });
  }
  if (flight.bench)
    found.push({ label: 'Bench', tone: 'plain', title: 'Switched on and off on the ground; nothing flew.' });
  const clock = utcUnknown(flight);
  if (clock) found.push(clock);
  if (!flight.track_locked && flight.track_rows === 0) {
    found.push({ label: 'No track', tone: 'plain', title: 'None of its files holds positions.' });
  }
  return found;
}

/** What to call an aircraft: the owner's name for it, else its model, else its serial. */
export function aircraftName(flight: Flight): string {
  const { name, model, serial, kind } = flight.aircraft;
  return name || model || serial || capital(kind) || 'Unknown aircraft';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The line under the name: whatever was not used as the name. */
export function aircraftDetail(flight: Flight): string {
  const { name, model, serial, firmware } = flight.aircraft;
  const parts = [name && model, serial, name || model ? '' : firmware];
  return parts.filter((part) => part !== '' && part !== aircraftName(flight)).join(' · ');
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}
