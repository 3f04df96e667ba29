/** What needs somebody: who may not fly, what must not fly, what is due, flights of which nobody was said. */
import type { Currency, Fleet, Overview, Person } from '../api/logbook';
import { h } from '../dom/h';
import { section } from '../dom/parts';
import { plural } from '../text/words';
import { craftAddress, pilotAddress, shortIds } from './words';

const NAMED = 6;

export interface Alert {
  tone: 'bad' | 'warn' | 'info';
  what: string;
  why: string;
  href: string;
}

/** What needs somebody, the gravest first. */
export function alerts(book: Overview, currency: Currency, fleet: Fleet | null, people: Person[]): Alert[] {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const title = (rule: string) => currency.rules.find((each) => each.id === rule)?.title ?? rule;
  const lapsed = currency.standings
    .filter((each) => each.verdict === 'lapsed')
    .map(
      (each): Alert => ({
        tone: 'bad',
        what: `${each.pilot} may not fly by ${title(each.rule)}`,
        why: each.because,
        href: pilotAddress(id(each.pilot)),
      }),
    );
  const grounded = (fleet?.grounded ?? []).map(
    (each): Alert => ({
      tone: 'bad',
      what: `${each.aircraft} must not fly`,
      why: each.reasons.join('; '),
      href: craftAddress(each.aircraft),
    }),
  );
  const due = (fleet?.maintenance ?? [])
    .filter((task) => task.due !== 'later')
    .map(
      (task): Alert => ({
        tone: task.due === 'soon' ? 'info' : 'warn',
        what: `${task.title}: ${task.component_id}`,
        why: `due ${task.due}; ${task.because.map(shortIds).join('; ')}`,
        href: craftAddress(task.component_id),
      }),
    );
  return [...grounded, ...lapsed, ...due, ...ofTheBook(book)];
}

function ofTheBook(book: Overview): Alert[] {
  const found: Alert[] = [];
  const nobody = book.without_pilot;
  if (nobody > 0)
    found.push({
      tone: 'info',
      what: `${plural(nobody, 'flight')} without a pilot`,
      why: 'Nobody said who flew; choose them in the list and assign them.',
      href: '#/logbook/book?pilot=-',
    });
  if (book.left_out_count > 0)
    found.push({
      tone: 'info',
      what: `${plural(book.left_out_count, 'flight')} in no sum`,
      why: book.left_out[0]?.why ?? '',
      href: '#/logbook/book?counted=no',
    });
  return found;
}

/** The list of it. */
export function attention(found: Alert[], looked: boolean): HTMLElement {
  const list = found
    .slice(0, NAMED)
    .map((alert) =>
      h(
        'li',
        { class: `alert tone-${alert.tone}` },
        h('a', { attrs: { href: alert.href } }, alert.what),
        h('p', {}, alert.why),
      ),
    );
  const more =
    found.length > NAMED ? h('p', { class: 'quiet-text' }, `and ${found.length - NAMED} more`) : null;
  const none = found.length === 0 ? h('p', { class: 'quiet-text' }, 'Nothing that is known here.') : null;
  const unlooked = looked
    ? null
    : h(
        'p',
        { class: 'quiet-text' },
        'Flights are not looked into yet for hard landings and battery health. ',
        h('a', { attrs: { href: '#/fleet' } }, 'Fleet'),
      );
  return section(
    `Needs attention${found.length > 0 ? ` (${found.length})` : ''}`,
    h('ul', { class: 'alerts' }, ...list),
    more,
    none,
    unlooked,
  );
}
