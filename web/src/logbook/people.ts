/** People: what they hold, whether they may fly, and what they flew. */

import type { Book, Certificate, Currency, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, button, facts, failure, message, section } from '../dom/parts';
import { plural } from '../text/words';
import { monthBars } from './bars';
import { hours, hoursMinutes, mainSums, pilotAddress, table, VERDICT_TONE } from './words';

export class People {
  readonly element = h('div', { class: 'book-page people' });
  private asked = 0;
  private at: string | null = null;
  /** Somebody asked for it: then the next answer is drawn, whichever question it is of. */
  private owed = false;

  show(path: string[]): Promise<void> {
    return this.draw(path, path.join('/') !== this.at);
  }

  /** Draw what is known now; news alone does not take a form away from who fills it in. */
  private async draw(path: string[], anyway: boolean): Promise<void> {
    this.asked += 1;
    this.owed ||= anyway;
    const asked = this.asked;
    const again = () => void this.draw(path, true);
    try {
      const made = path[0] ? await onePerson(path[0], again) : await everybody(again);
      if (asked !== this.asked || (!this.owed && this.isBeingFilledIn())) return;
      this.owed = false;
      this.at = path.join('/');
      fill(this.element, ...made);
    } catch (error) {
      if (asked === this.asked) fill(this.element, failure(error));
    }
  }

  private isBeingFilledIn(): boolean {
    const here = document.activeElement;
    const typing = here?.matches('input') === true && this.element.contains(here);
    return typing || this.element.querySelector('details[open] form') !== null;
  }
}

async function everybody(again: () => void): Promise<Child[]> {
  const [people, currency, book] = await Promise.all([
    api.people(),
    api.currency(),
    api.book(new URLSearchParams({ by: 'pilot' })),
  ]);
  const { sums, simulated } = mainSums(book);
  const rows = people.map((person): Child[] => {
    const mine = currency.standings.filter((each) => each.pilot === person.name);
    const group = sums.groups.find((each) => each.key === person.name);
    return [
      h('a', { attrs: { href: pilotAddress(person.id) } }, person.name),
      person.zone,
      h(
        'div',
        { class: 'badges' },
        ...mine.map((each) =>
          badge({
            label: `${each.allows ?? each.rule}: ${each.verdict}`,
            tone: VERDICT_TONE[each.verdict],
            title: each.because,
          }),
        ),
      ),
      String(group?.flights ?? 0),
      hours(group?.total_ms ?? 0),
    ];
  });
  const list =
    people.length > 0
      ? table(
          'People',
          [
            'Name',
            'At home in',
            'May fly tomorrow',
            { number: 'Flights' },
            { number: simulated ? 'Hours, simulated' : 'Hours' },
          ],
          rows,
        )
      : message('plain', 'Nobody is entered yet.', 'A name and a time zone is all that is asked.');
  return [list, section('Enter a person', newPerson(again))];
}

function newPerson(again: () => void): HTMLElement {
  const name = h('input', { attrs: { type: 'text', required: true, maxlength: 200, autocomplete: 'off' } });
  const zone = h('input', {
    attrs: { type: 'text', required: true, value: Intl.DateTimeFormat().resolvedOptions().timeZone },
  });
  return form(
    [
      ['Name', name],
      ['Time zone at home', zone],
    ],
    'Enter',
    async () => {
      await api.addPerson({ name: name.value.trim(), zone: zone.value.trim() });
      again();
    },
  );
}

/** A small form that says what went wrong below it. */
function form(fields: [string, HTMLInputElement][], label: string, send: () => Promise<void>): HTMLElement {
  const trouble = h('div', { class: 'form-trouble' });
  const go = button({ label, kind: 'primary' });
  go.type = 'submit';
  return h(
    'form',
    {
      class: 'small-form',
      onsubmit: (event) => {
        event.preventDefault();
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        send().catch((error: unknown) => fill(trouble, failure(error)));
      },
    },
    ...fields.map(([name, field]) => h('label', { class: 'field' }, h('span', {}, name), field)),
    go,
    trouble,
  );
}

async function onePerson(id: string, again: () => void): Promise<Child[]> {
  const people = await api.people();
  const person = people.find((each) => each.id === id);
  if (!person) return [message('warn', 'There is nobody of this id.', 'Perhaps they were forgotten.')];
  const [currency, book, crafts] = await Promise.all([
    api.currency(person.name),
    api.book(new URLSearchParams({ by: 'month', pilot: person.name })),
    api.book(new URLSearchParams({ by: 'aircraft', pilot: person.name })),
  ]);
  return [
    h('a', { class: 'up', attrs: { href: '#/logbook/people' } }, '← People'),
    h(
      'header',
      { class: 'person-head' },
      h('h2', {}, person.name),
      h('p', { class: 'quiet-text' }, `At home in ${person.zone}: days end at midnight there.`),
    ),
    numbers(book, person),
    section('Hours by month', monthBars(mainSums(book).sums.groups, `Hours of ${person.name} by month`)),
    h('div', { class: 'two-columns' }, standings(currency), certificates(person, again)),
    h('div', { class: 'two-columns' }, byAircraft(crafts), signedMonths(book, person)),
  ];
}

function numbers(book: Book, person: Person): HTMLElement {
  const { sums, simulated } = mainSums(book);
  const all = sums.whole;
  const list = `#/logbook/book?${new URLSearchParams({ pilot: person.name })}`;
  const tile = (name: string, value: Child, note: Child = '') =>
    h('div', {}, h('dt', {}, name), h('dd', {}, value), h('dd', { class: 'note' }, note));
  return h(
    'dl',
    { class: 'tiles' },
    tile(
      simulated ? 'All, simulated' : 'In command',
      hours(all.total_ms),
      h('a', { attrs: { href: list } }, plural(all.flights, 'flight')),
    ),
    tile('Day', hours(all.day_ms)),
    tile('Civil twilight', hours(all.twilight_ms)),
    tile('Night', hours(all.night_ms), '14 CFR 1.1'),
    tile('Light unknown', hours(all.unknown_light_ms)),
    all.carried_ms > 0 ? tile('Carried over', hours(all.carried_ms), 'in the sum') : null,
  );
}

function standings(currency: Currency): HTMLElement {
  const rows = currency.standings.map((each): Child[] => {
    const rule = currency.rules.find((one) => one.id === each.rule);
    return [
      h('span', {}, rule?.title ?? each.rule, h('span', { class: 'second' }, each.because)),
      badge({ label: each.verdict, tone: VERDICT_TONE[each.verdict], title: each.because }),
      each.until ?? '–',
    ];
  });
  const body =
    rows.length > 0
      ? table('May fly', ['Rule, and why', 'State', 'Until'], rows)
      : h('p', { class: 'quiet-text' }, 'No rule here is about what they hold.');
  return section(`May fly on ${currency.on}`, body);
}

function certificates(person: Person, again: () => void): HTMLElement {
  const rows = person.certificates.map((each): Child[] => [
    each.kind,
    each.obtained,
    each.expires ?? '–',
    each.number ?? '–',
    remove(person, each, again),
  ]);
  const list =
    rows.length > 0
      ? table('Certificates', ['Kind', 'Of', 'Valid through', 'Number', ''], rows)
      : h('p', { class: 'quiet-text' }, 'None is entered.');
  return section(
    'Tests, trainings, certificates',
    list,
    h('details', {}, h('summary', {}, 'Enter one'), newCertificate(person, again)),
  );
}

function remove(person: Person, each: Certificate, again: () => void): HTMLElement {
  const press = () => {
    if (confirm(`Was ${each.kind} of ${each.obtained} entered wrongly? It stays in the history.`))
      void api.editPerson(person.id, { remove: [each.id] }).then(again);
  };
  return button({ label: `Take ${each.kind} back`, icon: 'close', kind: 'quiet', iconOnly: true, press });
}

function newCertificate(person: Person, again: () => void): HTMLElement {
  const kind = h('input', {
    attrs: {
      type: 'text',
      required: true,
      maxlength: 200,
      list: 'kinds',
      placeholder: 'part-107-initial-test',
    },
  });
  const obtained = h('input', { attrs: { type: 'date', required: true } });
  const expires = h('input', { attrs: { type: 'date' } });
  const number = h('input', { attrs: { type: 'text', maxlength: 200 } });
  const fields: [string, HTMLInputElement][] = [
    ['Kind', kind],
    ['Date on it', obtained],
    ['Valid through, if printed', expires],
    ['Number, if wanted', number],
  ];
  return form(fields, 'Enter', async () => {
    await api.editPerson(person.id, {
      add: [
        {
          kind: kind.value.trim(),
          obtained: obtained.value,
          expires: expires.value || null,
          number: number.value.trim(),
        },
      ],
    });
    again();
  });
}

function byAircraft(book: Book): HTMLElement {
  const rows = mainSums(book).sums.groups.map((group): Child[] => [
    group.key || 'unknown',
    String(group.flights),
    hours(group.total_ms),
  ]);
  return section(
    'By aircraft',
    rows.length > 0
      ? table('Hours by aircraft', ['Aircraft', { number: 'Flights' }, { number: 'Hours' }], rows)
      : h('p', { class: 'quiet-text' }, 'Nothing flown.'),
  );
}

function signedMonths(book: Book, person: Person): HTMLElement {
  const signed = book.signed.map((each): [string, Child] => [
    each.month,
    `${hoursMinutes(each.total_ms)} h${each.simulated_ms > 0 ? `, ${hoursMinutes(each.simulated_ms)} h simulated` : ''}, by ${each.by}: ${each.changed.length > 0 ? `changed since: ${each.changed.join('; ')}` : 'stands as signed'}`,
  ]);
  const where = h(
    'p',
    { class: 'quiet-text' },
    h(
      'a',
      { attrs: { href: `#/logbook/book?${new URLSearchParams({ pilot: person.name, by: 'month' })}` } },
      'Sign a month in the list',
    ),
  );
  return section(
    'Signed months',
    signed.length > 0 ? facts(...signed) : h('p', { class: 'quiet-text' }, 'None.'),
    where,
  );
}
