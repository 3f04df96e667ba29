/** Hours by group, and the signature of each month of a pilot. */

import type { Book, Group, Signed } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, button, failure } from '../dom/parts';
import { count } from '../text/units';
import { hoursMinutes, table, today } from './words';

const OPEN_UP_TO = 6;

export function groupTable(book: Book, changed: () => void): HTMLElement {
  const signs = book.pilot !== null && book.by === 'month';
  const heads = [
    '',
    { number: 'Flights' },
    ...['All', 'Day', 'Civil twilight', 'Night', 'Light unknown', 'Carried over'].map((name) => ({
      number: `${name}, h:mm`,
    })),
    ...(signs ? ['Sign-off'] : []),
  ];
  const rows = (title: string, sums: Book['flown'], simulated: boolean): Child[][] => {
    if (sums.groups.length === 0) return [];
    const groups = sums.groups.map((group) => [
      ...cells(groupName(group.key, book.by), group),
      ...(signs ? [signature(book, group, simulated, changed)] : []),
    ]);
    return [
      ...groups,
      [...cells(h('strong', {}, title), { ...sums.whole, key: '' }), ...(signs ? [null] : [])],
    ];
  };
  const all = [
    ...rows('All flown', book.flown, false),
    ...rows('All simulated, apart', book.simulated, true),
  ];
  if (all.length === 0) return h('p', { class: 'quiet-text' }, 'No hours.');
  const body = h('div', { class: 'groups' }, table('Hours', heads, all));
  const groups = book.flown.groups.length + book.simulated.groups.length;
  const parts =
    book.parts.length > 0
      ? h(
          'p',
          {},
          book.parts.map((part) => `${part.key || 'unknown'} ${hoursMinutes(part.total_ms)} h`).join(' · '),
        )
      : null;
  const total = `${hoursMinutes(book.flown.whole.total_ms)} h flown${book.simulated.whole.total_ms > 0 ? `, ${hoursMinutes(book.simulated.whole.total_ms)} h simulated` : ''}`;
  const attrs = { open: groups <= OPEN_UP_TO || signs };
  return h(
    'details',
    { class: 'group-box', attrs },
    h('summary', {}, `Hours by ${book.by}: ${total}`),
    parts,
    body,
    carried(book),
    h(
      'p',
      { class: 'quiet-text' },
      'Each number is rounded to whole minutes by itself; the CSV holds thousandths.',
    ),
  );
}

function groupName(key: string, by: string): Child {
  if (key) return key;
  return h('span', { class: 'unknown' }, by === 'pilot' ? 'nobody said' : 'unknown');
}

function cells(name: Child, group: Group): Child[] {
  const parts = [
    group.total_ms,
    group.day_ms,
    group.twilight_ms,
    group.night_ms,
    group.unknown_light_ms,
    group.carried_ms,
  ];
  return [name, count(group.flights), ...parts.map(hoursMinutes)];
}

function carried(book: Book): HTMLElement | null {
  if (book.carried.length === 0) return null;
  const said = book.carried.map(
    (one) =>
      `${hoursMinutes(one.total_ms)} h of ${one.pilot} ${one.since ? `from ${one.since} ` : ''}until before ${one.as_of}`,
  );
  return h('p', { class: 'quiet-text' }, `Carried over from before: ${said.join('; ')}.`);
}

function signature(book: Book, group: Group, simulated: boolean, changed: () => void): Child {
  const signed = book.signed.find((each) => each.month === group.key);
  if (signed) return state(signed);
  const twice = simulated && book.flown.groups.some((each) => each.key === group.key);
  if (!group.key || group.flights === 0 || twice || group.key >= today().slice(0, 7)) return null;
  const sign = button({ label: 'Sign…', kind: 'quiet', press: () => ask(book.pilot ?? '', group, changed) });
  sign.classList.add('sign');
  return sign;
}

function state(signed: Signed): HTMLElement {
  const whole = signed.changed.length === 0;
  const title = `${signed.flights} flights signed by ${signed.by} at ${signed.at ?? 'an unknown time'}; SHA-256 ${signed.sha256}. ${signed.changed.join('; ')}`;
  return h(
    'span',
    {},
    badge({ label: whole ? 'Signed' : 'Changed since', tone: whole ? 'ok' : 'bad', title }),
    whole ? null : h('span', { class: 'second' }, ` ${signed.changed.length} changes`),
  );
}

/** Ask once more before signing: what is signed, and a note with it. */
function ask(pilot: string, group: Group, changed: () => void): void {
  const note = h('input', {
    attrs: { type: 'text', maxlength: 2000, placeholder: 'checked against the paper book' },
  });
  const trouble = h('div');
  const close = () => {
    dialog.close();
    dialog.remove();
  };
  const sign = async () => {
    try {
      await api.sign(pilot, group.key, note.value);
      close();
      changed();
    } catch (error) {
      fill(trouble, failure(error));
    }
  };
  const dialog = h(
    'dialog',
    { class: 'help sign-dialog', attrs: { 'aria-label': 'Sign a month' } },
    h('h2', {}, `Sign ${group.key} of ${pilot}`),
    h(
      'p',
      {},
      `${count(group.flights)} flights, ${hoursMinutes(group.total_ms)} h. Their lines are frozen as digests in the ledger; what changes afterwards is named.`,
    ),
    h('label', { class: 'field' }, h('span', {}, 'Note'), note),
    trouble,
    h(
      'div',
      { class: 'row-end' },
      button({ label: 'Not now', kind: 'quiet', press: close }),
      button({ label: 'Sign', kind: 'primary', id: 'sign-month', press: () => void sign() }),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
