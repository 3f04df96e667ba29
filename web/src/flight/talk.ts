/** What people add to a flight: notes, and the word that two flights are one. */
import * as api from '../api/client';
import type { FlightDetail, Note, Offer } from '../api/types';
import { fill, h } from '../dom/h';
import { button, failure, section } from '../dom/parts';
import { flightAddress } from '../state/route';
import { stamp, startText } from '../text/times';
import { aircraftName } from '../text/words';

/** Do a change; say on failure why not. */
async function attempt(where: HTMLElement, action: () => Promise<unknown>, done: () => void): Promise<void> {
  fill(where);
  try {
    await action();
    done();
  } catch (error) {
    fill(where, failure(error));
  }
}

export function notes(flight: FlightDetail, changed: () => void): HTMLElement {
  const trouble = h('div');
  const field = h('textarea', {
    attrs: {
      rows: 2,
      'aria-label': 'New note',
      placeholder: 'Write a note on this flight',
      maxlength: 10000,
    },
  });
  const send = () => {
    const text = field.value.trim();
    const sent = () => {
      field.value = '';
      changed();
    };
    if (text) void attempt(trouble, () => api.addNote(flight.id, text), sent);
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
  });
  const list = flight.notes.length > 0 ? h('ul', { class: 'notes' }, ...flight.notes.map(note)) : null;
  return section(
    'Notes',
    list,
    field,
    h('div', { class: 'row-end' }, button({ label: 'Add note', press: send })),
    trouble,
  );
}

function note({ text, author, at }: Note): HTMLElement {
  return h('li', {}, h('p', {}, text), h('p', { class: 'second' }, `${author}, ${stamp(at)}`));
}

/** Flights that may be this one, each with its reason; and those already made one with it. */
export function merges(flight: FlightDetail, changed: () => void): HTMLElement | null {
  const { offers, aliases } = flight;
  if (offers.length === 0 && aliases.length === 0) return null;
  const trouble = h('div');
  const act = (action: () => Promise<unknown>) => void attempt(trouble, action, changed);
  return section(
    'Same flight?',
    h(
      'ul',
      { class: 'offers' },
      ...offers.map((offered) => offer(offered, () => act(() => api.merge(flight.id, offered.flight)))),
    ),
    h(
      'ul',
      { class: 'offers' },
      ...aliases.map((alias) => merged(alias, () => act(() => api.unmerge(flight.id, alias)))),
    ),
    trouble,
  );
}

function offer({ flight, why }: Offer, accept: () => void): HTMLElement {
  const link = h('a', { attrs: { href: flightAddress(flight) } }, `Flight ${flight.slice(0, 8)}`);
  void api.flight(flight).then(
    (other) => fill(link, `${startText(other).first} · ${aircraftName(other)}`),
    () => undefined, // its id stands there already
  );
  return h(
    'li',
    {},
    h('p', {}, link),
    h('p', { class: 'why' }, why),
    button({ label: 'Make them one', icon: 'merge', press: accept }),
  );
}

function merged(alias: string, undo: () => void): HTMLElement {
  return h(
    'li',
    {},
    h('p', {}, 'Holds what was flight ', h('code', {}, alias.slice(0, 8))),
    button({ label: 'Take apart again', press: undo }),
  );
}
