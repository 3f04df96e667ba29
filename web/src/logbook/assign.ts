/** Say of many flights at once who flew them and what for; and take it back. */

import type { AssignDone, Book, FieldName, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { fill, h } from '../dom/h';
import { button, failure } from '../dom/parts';
import { count } from '../text/units';
import { plural } from '../text/words';
import { FIELD_LABELS } from './words';

const LEAVE = '';
const TAKE_AWAY = '-';
const TEXTS: readonly FieldName[] = ['purpose', 'project', 'client', 'site', 'risk'];
const MOST_OFFERED = 50;

export interface AssignPanel {
  readonly element: HTMLElement;
  /** Show it for so many flights; hidden for none. */
  choose(flights: readonly string[]): void;
  /** Names of people, and what was said of flights before, to be offered. */
  offer(people: readonly Person[], book: Book): void;
}

export function makeAssignPanel(changed: () => void, drop: () => void): AssignPanel {
  let chosen: readonly string[] = [];
  const pilots = { pic: h('select', {}), observer: h('select', {}) };
  const texts = new Map(TEXTS.map((name) => [name, textField(name)]));
  const sight = h(
    'select',
    {},
    ...options([
      ['within', 'in sight'],
      ['beyond', 'beyond sight'],
    ]),
  );
  const said = h('strong');
  const result = h('div', { class: 'assign-result', attrs: { role: 'status' } });
  const fields = h(
    'div',
    { class: 'assign-fields' },
    labelled('pic', pilots.pic),
    labelled('observer', pilots.observer),
    ...[...texts].map(([name, { field, known }]) => labelled(name, field, known)),
    labelled('sight', sight),
  );
  const apply = button({ label: 'Assign', kind: 'primary', id: 'assign-apply', press: () => void assign() });
  const none = button({ label: 'Choose none', kind: 'quiet', press: drop });
  const form = h(
    'div',
    { class: 'assign-form' },
    h('p', {}, said, ' chosen. What is left empty stays as it is.'),
    fields,
    h('div', { class: 'row-end' }, none, apply),
  );
  form.hidden = true;
  const element = h('section', { class: 'assign', attrs: { 'aria-label': 'Assign flights' } }, form, result);

  async function assign(): Promise<void> {
    const wanted = collected({ ...pilots, sight }, texts);
    if (Object.keys(wanted).length === 0) {
      fill(result, 'Nothing was said of them yet: choose a pilot, a purpose or the like.');
      return;
    }
    const flights = chosen;
    apply.disabled = true;
    try {
      const done = await api.assign(flights, wanted, (n) =>
        fill(result, `${count(n)} of ${count(flights.length)}…`),
      );
      fill(result, ...outcome(done, undo));
      for (const { field } of texts.values()) field.value = '';
      for (const select of [pilots.pic, pilots.observer, sight]) select.value = LEAVE;
      drop();
      changed();
    } catch (error) {
      fill(result, failure(error));
      changed();
    } finally {
      apply.disabled = false;
    }
  }

  async function undo(done: readonly AssignDone[]): Promise<void> {
    try {
      let undone = 0;
      for (const each of [...done].reverse()) undone += (await api.undoAssign(each.id)).flights;
      fill(result, `Taken back: ${plural(undone, 'flight')} as before.`);
    } catch (error) {
      fill(result, failure(error));
    }
    changed();
  }

  return {
    element,
    choose(flights) {
      chosen = flights;
      form.hidden = flights.length === 0;
      said.textContent = plural(flights.length, 'flight');
    },
    offer(people, book) {
      const names = people.map(({ name }): [string, string] => [name, name]);
      for (const select of [pilots.pic, pilots.observer]) {
        const before = select.value;
        fill(select, ...options([...names, [TAKE_AWAY, '(nobody)']]));
        select.value = before;
      }
      for (const [name, { known }] of texts) fill(known, ...offered(book, name));
    },
  };
}

/** What the form says: only what was filled in. */
export function collected(
  selects: Partial<Record<FieldName, { value: string }>>,
  texts: ReadonlyMap<FieldName, { field: { value: string } }>,
): Partial<Record<FieldName, string>> {
  const wanted: Partial<Record<FieldName, string>> = {};
  for (const [name, { value }] of Object.entries(selects) as [FieldName, { value: string }][])
    if (value !== LEAVE) wanted[name] = value === TAKE_AWAY ? '' : value;
  for (const [name, { field }] of texts) if (field.value.trim()) wanted[name] = field.value.trim();
  return wanted;
}

function outcome(
  done: readonly AssignDone[],
  undo: (done: readonly AssignDone[]) => Promise<void>,
): (Node | string)[] {
  const flights = done.reduce((sum, each) => sum + each.flights, 0);
  const asked = done.reduce((sum, each) => sum + each.asked, 0);
  const said = `${count(flights)} of ${plural(asked, 'flight')} changed. `;
  if (flights === 0) return [said, 'They were said so already.'];
  return [said, button({ label: 'Undo', kind: 'quiet', id: 'assign-undo', press: () => void undo(done) })];
}

function options(pairs: readonly (readonly [string, string])[]): HTMLElement[] {
  return [
    h('option', { attrs: { value: LEAVE } }, 'as it is'),
    ...pairs.map(([value, text]) => h('option', { attrs: { value } }, text)),
  ];
}

function textField(name: FieldName) {
  const id = `known-${name}`;
  return {
    field: h('input', { attrs: { type: 'text', list: id, maxlength: 2000, placeholder: 'as it is' } }),
    known: h('datalist', { attrs: { id } }),
  };
}

function labelled(name: FieldName, ...controls: HTMLElement[]): HTMLElement {
  return h('label', { class: 'field' }, h('span', {}, FIELD_LABELS[name]), ...controls);
}

function offered(book: Book, name: FieldName): HTMLElement[] {
  const values = new Set(book.flights.map((line) => line.said[name] ?? '').filter(Boolean));
  return [...values].slice(0, MOST_OFFERED).map((value) => h('option', { attrs: { value } }));
}
