/** The list of the logbook: hours by group, flight by flight, to be assigned and signed. */

import type { Book, Line, Person } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, failure } from '../dom/parts';
import { type Column, VirtualTable } from '../dom/virtual-table';
import { flightAddress, go, replace } from '../state/route';
import { type AssignPanel, makeAssignPanel } from './assign';
import { COLUMNS, fits } from './columns';
import { groupTable } from './groups';
import { hoursMinutes, newestFirst } from './words';

/** In the address, a pilot of this name stands for flights that nobody was said to have flown. */
const NOBODY = '-';
const GROUPINGS: readonly (readonly [string, string])[] = [
  ['day', 'Day'],
  ['month', 'Month'],
  ['year', 'Year'],
  ['type', 'Type'],
  ['aircraft', 'Aircraft'],
  ['pilot', 'Pilot'],
  ['purpose', 'Purpose'],
  ['light', 'Light'],
  ['sight', 'Line of sight'],
];

export class BookList {
  readonly element: HTMLElement;
  private params = new URLSearchParams();
  private book: Book | null = null;
  private people: Person[] = [];
  private shown: Line[] = [];
  private readonly picked = new Set<string>();
  private lastPicked = -1;
  private asked = 0;
  private readonly pilot = h('select', {
    attrs: { 'aria-label': 'Pilot' },
    onchange: () => this.set('pilot', this.pilot.value),
  });
  private readonly by = h(
    'select',
    { attrs: { 'aria-label': 'Group hours by' }, onchange: () => this.set('by', this.by.value) },
    ...GROUPINGS.map(([value, text]) => h('option', { attrs: { value } }, text)),
  );
  private readonly from = this.day('from', 'First day');
  private readonly to = this.day('to', 'Last day');
  private readonly search = h('input', {
    attrs: {
      type: 'search',
      placeholder: 'Place, aircraft, purpose, client…',
      'aria-label': 'Find in the list',
    },
    oninput: () => this.draw(),
  });
  private readonly csv = h('a', { class: 'button', attrs: { download: '' } }, 'CSV');
  private readonly trouble = h('div', { class: 'list-state' }, 'Adding up…');
  private readonly sums = h('div', { class: 'book-sums' });
  private readonly panel: AssignPanel;
  private readonly all = h('button', {
    class: 'button quiet',
    attrs: { type: 'button' },
    onclick: () => this.pickAll(),
  });
  private readonly table: VirtualTable<Line>;

  constructor() {
    this.panel = makeAssignPanel(
      () => void this.load(),
      () => this.pickNone(),
    );
    this.table = this.makeTable();
    const field = (name: string, control: HTMLElement) =>
      h('label', { class: 'field' }, h('span', {}, name), control);
    const filters = h(
      'div',
      { class: 'book-filters' },
      field('Pilot', this.pilot),
      field('First local day', this.from),
      field('Last local day', this.to),
      field('Hours by', this.by),
      h('div', { class: 'field grow' }, h('span', {}, 'Find'), this.search),
      this.csv,
    );
    this.element = h(
      'div',
      { class: 'book-list' },
      filters,
      this.trouble,
      this.sums,
      h('div', { class: 'pick-line' }, this.all),
      this.panel.element,
      this.table.element,
    );
  }

  show(_: string[], params: URLSearchParams): Promise<void> {
    const same = params.toString() === this.params.toString();
    if (!same) this.pickNone();
    this.params = params;
    this.from.value = params.get('from') ?? '';
    this.to.value = params.get('to') ?? '';
    this.by.value = params.get('by') ?? 'month';
    return this.load();
  }

  private day(name: string, label: string): HTMLInputElement {
    const field = h('input', {
      attrs: { type: 'date', 'aria-label': label },
      onchange: () => this.set(name, field.value),
    });
    return field;
  }

  private set(name: string, value: string): void {
    const next = new URLSearchParams(this.params);
    if (value) next.set(name, value);
    else next.delete(name);
    const said = next.toString();
    replace(said ? `#/logbook/book?${said}` : '#/logbook/book');
  }

  private query(): URLSearchParams {
    const query = new URLSearchParams({ by: this.params.get('by') ?? 'month' });
    const pilot = this.params.get('pilot') ?? '';
    if (pilot && pilot !== NOBODY) query.set('pilot', pilot);
    for (const name of ['from', 'to']) {
      const value = this.params.get(name);
      if (value) query.set(name, value);
    }
    return query;
  }

  private async load(): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    try {
      const [book, people] = await Promise.all([api.book(this.query()), api.people()]);
      if (asked !== this.asked) return;
      [this.book, this.people] = [book, people];
      fill(this.trouble);
      this.drawPeople();
      this.draw();
    } catch (error) {
      if (asked === this.asked) fill(this.trouble, failure(error));
    }
  }

  private drawPeople(): void {
    const names = this.people.map(({ name }): [string, string] => [name, name]);
    const choices: [string, string][] = [['', 'Everybody'], ...names, [NOBODY, 'Nobody said']];
    fill(this.pilot, ...choices.map(([value, text]) => h('option', { attrs: { value } }, text)));
    this.pilot.value = this.params.get('pilot') ?? '';
    if (this.book) this.panel.offer(this.people, this.book);
  }

  private draw(): void {
    const { book } = this;
    if (!book) return;
    const out = new Set(book.left_out.map((each) => each.flight));
    const text = this.search.value.trim().toLowerCase();
    const only = { nobody: this.params.get('pilot') === NOBODY, out: this.params.get('counted') === 'no' };
    const found = book.flights
      .filter((line) => !only.nobody || !line.said.pic)
      .filter((line) => !only.out || out.has(line.flight))
      .filter((line) => fits(line, text));
    this.shown = newestFirst(found);
    this.csv.setAttribute('href', api.bookCsv(this.query()));
    fill(this.sums, only.nobody ? null : groupTable(book, () => void this.load()));
    this.drawPicked();
    this.table.refresh();
  }

  private drawPicked(): void {
    const there = new Set(this.shown.map((line) => line.flight));
    for (const id of this.picked) if (!there.has(id)) this.picked.delete(id);
    const whole = this.shown.length > 0 && this.picked.size === this.shown.length;
    const time = this.shown.reduce((sum, line) => sum + (line.total_ms ?? 0), 0);
    this.all.textContent = whole
      ? 'Choose none'
      : `Choose all ${this.shown.length.toLocaleString('en-US')} shown (${hoursMinutes(time)} h)`;
    this.all.disabled = this.shown.length === 0;
    this.panel.choose([...this.picked]);
  }

  private pickAll(): void {
    const whole = this.picked.size === this.shown.length;
    this.picked.clear();
    if (!whole) for (const line of this.shown) this.picked.add(line.flight);
    this.drawPicked();
    this.table.refresh();
  }

  private pickNone(): void {
    this.picked.clear();
    this.lastPicked = -1;
    this.drawPicked();
    this.table.refresh();
  }

  /** Choose one, or with Shift all from the one chosen before. */
  private pick(line: Line, range: boolean): void {
    const at = this.shown.indexOf(line);
    const on = !this.picked.has(line.flight);
    const from = range && this.lastPicked >= 0 ? Math.min(at, this.lastPicked) : at;
    const end = range && this.lastPicked >= 0 ? Math.max(at, this.lastPicked) : at;
    for (const each of this.shown.slice(from, end + 1)) {
      if (on) this.picked.add(each.flight);
      else this.picked.delete(each.flight);
    }
    this.lastPicked = at;
    this.drawPicked();
    this.table.refresh();
  }

  private makeTable(): VirtualTable<Line> {
    const rows = { get: (index: number) => this.shown[index], need: () => undefined };
    return new VirtualTable<Line>({
      label: 'Flights of the logbook',
      tableId: 'book-table',
      idAttribute: 'data-flight-id',
      columns: [this.pickColumn(), ...COLUMNS, this.stateColumn()],
      rows: Object.defineProperty(rows, 'total', { get: () => this.shown.length }) as typeof rows & {
        total: number;
      },
      listener: { id: (line) => line.flight, opened: (line) => go(flightAddress(line.flight)) },
    });
  }

  private pickColumn(): Column<Line> {
    const cell = (line: Line): Child[] => {
      const on = this.picked.has(line.flight);
      const attrs = {
        type: 'button',
        role: 'checkbox',
        'aria-checked': String(on),
        'aria-label': `Choose the flight of ${line.date ?? 'unknown date'}`,
      };
      const onclick = (event: MouseEvent) => this.pick(line, event.shiftKey);
      const onkeydown = (event: KeyboardEvent) => event.key === 'Enter' && event.stopPropagation();
      return [h('button', { class: 'pick', attrs, onclick, onkeydown })];
    };
    return { key: 'pick', label: '', class: 'col-pick', cell };
  }

  private stateColumn(): Column<Line> {
    const cell = (line: Line): Child[] => {
      const why = this.book?.left_out.find((each) => each.flight === line.flight)?.why;
      const month = this.book?.signed.find((each) => each.month === line.date?.slice(0, 7));
      const marks = [
        line.simulated
          ? badge({ label: 'SIMULATED', tone: 'sim', title: 'No such flight took place; counted apart.' })
          : null,
        why ? badge({ label: 'Not counted', tone: 'warn', title: why }) : null,
        month
          ? badge({
              label: month.changed.length > 0 ? 'Changed since signed' : 'Signed',
              tone: month.changed.length > 0 ? 'bad' : 'ok',
              title: `${month.month} signed by ${month.by}`,
            })
          : null,
      ];
      return [h('div', { class: 'badges' }, ...marks)];
    };
    return { key: 'state', label: 'State', class: 'col-mark', cell };
  }
}
