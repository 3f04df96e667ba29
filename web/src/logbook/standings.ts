/** Who may fly by which rule, and what lapses soon. */
import type { Currency, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, h } from '../dom/h';
import { badge, section } from '../dom/parts';
import { pilotAddress, table, VERDICT_TONE } from './words';

export function whoMayFly(currency: Currency, people: Person[]): HTMLElement {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const rows = currency.standings.map((each): Child[] => [
    h('a', { attrs: { href: pilotAddress(id(each.pilot)) } }, each.pilot),
    ruleName(currency, each.rule, each.subject),
    badge({ label: each.verdict, tone: VERDICT_TONE[each.verdict], title: each.because }),
    each.until ?? '–',
  ]);
  const body =
    rows.length > 0 ? table('Who may fly', ['Person', 'Rule', 'State', 'Until'], rows) : nobody(people);
  const day = h(
    'p',
    { class: 'quiet-text' },
    `On ${currency.on}; days end at midnight where each is at home. `,
    h('a', { attrs: { href: api.EXPIRIES_ICS, download: '' } }, 'Expiries as a calendar (.ics)'),
  );
  return section('Who may fly tomorrow', day, body);
}

function nobody(people: Person[]): HTMLElement {
  const what =
    people.length === 0 ? 'Nobody is entered yet.' : 'Nobody has a certificate here that a rule is about.';
  return h(
    'p',
    { class: 'quiet-text' },
    `${what} `,
    h('a', { attrs: { href: '#/logbook/people' } }, 'People'),
  );
}

function ruleName(currency: Currency, id: string, subject: string | null): HTMLElement {
  const rule = currency.rules.find((each) => each.id === id);
  const said = rule?.source ? `${rule.authority}: ${rule.source.title}` : '';
  return h(
    'span',
    { attrs: { title: said } },
    rule?.title ?? id,
    subject ? h('span', { class: 'second' }, ` ${subject}`) : null,
  );
}

export function lapsing(currency: Currency, people: Person[]): HTMLElement {
  const id = (name: string) => people.find((person) => person.name === name)?.id ?? '';
  const rows = currency.lapsing.map((each): Child[] => [
    each.until ?? '–',
    h('a', { attrs: { href: pilotAddress(id(each.pilot)) } }, each.pilot),
    ruleName(currency, each.rule, each.subject),
  ]);
  const body =
    rows.length > 0
      ? table('What lapses', ['After', 'Person', 'Rule'], rows)
      : h('p', { class: 'quiet-text' }, `Nothing that holds on ${currency.on}.`);
  return section(`Lapses in ${currency.within_days} days`, body);
}
