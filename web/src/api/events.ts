/** Follow what happens in the archive, so that lists are never stale. */
import { API } from './client';
import type { ArchiveEvent } from './types';

export interface EventListener {
  happened(event: ArchiveEvent): void;
  connected(yes: boolean): void;
}

/** Listen until the page closes; the browser reconnects by itself. */
export function followEvents(listener: EventListener): EventSource {
  const stream = new EventSource(`${API}/events`);
  stream.onopen = () => listener.connected(true);
  stream.onerror = () => listener.connected(false);
  stream.onmessage = (message: MessageEvent<string>) => {
    const event = parseEvent(message.data);
    if (event) listener.happened(event);
  };
  return stream;
}

/** An event out of its JSON text, or nothing where the text is not one. */
export function parseEvent(text: string): ArchiveEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value === 'object' && value !== null && 'seq' in value && 'what' in value;
    return fits ? (value as ArchiveEvent) : null;
  } catch {
    return null;
  }
}
