/** Every file ever taken in, and what became of it. */
import * as api from '../api/client';
import type { FileState, KeptFile } from '../api/types';
import { fill, h } from '../dom/h';
import { digest, failure, message, stateBadge } from '../dom/parts';
import { type Column, VirtualTable } from '../dom/virtual-table';
import { flightAddress, go, replace } from '../state/route';
import { stamp } from '../text/times';
import { bytes, count, UNKNOWN } from '../text/units';
import { FILE_STATE, plural } from '../text/words';

const ORDER: FileState[] = ['read', 'locked', 'not-understood', 'failed', 'too-large', 'pending'];

function flightLinks(file: KeptFile): Node[] {
  const shown = file.flights
    .slice(0, 2)
    .map((id) => h('a', { attrs: { href: flightAddress(id) } }, id.slice(0, 8)));
  const more =
    file.flights.length > 2 ? [h('span', { class: 'second' }, `and ${file.flights.length - 2} more`)] : [];
  return file.flights.length === 0 ? [h('span', { class: 'unknown' }, UNKNOWN)] : [...shown, ...more];
}

function stateCell(file: KeptFile) {
  const words = FILE_STATE[file.state] ?? { label: file.state, tone: 'plain' as const, meaning: '' };
  const why = file.why || (file.state === 'read' ? '' : words.meaning);
  return [stateBadge(words), h('span', { class: 'second', attrs: { title: why } }, why)];
}

const COLUMNS: Column<KeptFile>[] = [
  {
    key: 'file',
    label: 'File',
    class: 'col-file',
    cell: (file) => [
      h('span', { class: 'first file-name', attrs: { title: file.file } }, file.file),
      h('span', { class: 'second' }, digest(file.sha256)),
    ],
  },
  { key: 'state', label: 'State', class: 'col-state', cell: stateCell },
  {
    key: 'format',
    label: 'Format',
    class: 'col-format',
    cell: (file) => [file.format ?? h('span', { class: 'unknown' }, UNKNOWN)],
  },
  { key: 'size', label: 'Size', class: 'col-size number', cell: (file) => [bytes(file.size)] },
  { key: 'flights', label: 'Flights', class: 'col-flights', cell: flightLinks },
  {
    key: 'problems',
    label: 'Problems',
    class: 'col-problems number',
    cell: (file) => [file.problems > 0 ? h('span', { class: 'has-problems' }, count(file.problems)) : '0'],
  },
  { key: 'received', label: 'Taken in', class: 'col-received', cell: (file) => [stamp(file.received)] },
];

export class FilesPage {
  readonly element: HTMLElement;
  private all: KeptFile[] = [];
  private shown: KeptFile[] = [];
  private state = '';
  private text = '';
  private readonly tabs = h('div', {
    class: 'choice states',
    attrs: { role: 'group', 'aria-label': 'State' },
  });
  private readonly trouble = h('div', { class: 'list-state' });
  private readonly table: VirtualTable<KeptFile>;

  constructor() {
    const search = h('input', {
      attrs: { type: 'search', placeholder: 'File name, format or SHA-256', 'aria-label': 'Search files' },
      oninput: () => {
        this.text = search.value.trim().toLowerCase();
        this.draw();
      },
    });
    this.table = this.makeTable();
    const head = h(
      'header',
      { class: 'files-head' },
      h('h1', {}, 'Files'),
      this.tabs,
      h('div', { class: 'search-box' }, search),
    );
    this.element = h(
      'section',
      { class: 'files', attrs: { 'aria-label': 'Files' } },
      head,
      this.trouble,
      this.table.element,
    );
  }

  show(state: string): void {
    this.state = state;
    this.draw();
    void this.refresh();
  }

  async refresh(): Promise<void> {
    try {
      this.all = await api.files();
      fill(this.trouble);
      this.draw();
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private makeTable(): VirtualTable<KeptFile> {
    const rows = {
      get: (index: number) => this.shown[index],
      need: () => undefined,
    };
    return new VirtualTable<KeptFile>({
      label: 'Files',
      tableId: 'files-table',
      idAttribute: 'data-file-sha256',
      columns: COLUMNS,
      rows: Object.defineProperty(rows, 'total', { get: () => this.shown.length }) as typeof rows & {
        total: number;
      },
      listener: {
        id: (file) => file.sha256,
        opened: (file) => {
          if (file.flights[0]) go(flightAddress(file.flights[0]));
        },
      },
    });
  }

  private draw(): void {
    this.shown = this.all.filter(
      (file) => (this.state === '' || file.state === this.state) && fits(file, this.text),
    );
    this.drawTabs();
    this.table.refresh();
    if (this.all.length === 0)
      fill(this.trouble, message('plain', 'Nothing was taken in yet.', 'Drop logs anywhere on this page.'));
  }

  private drawTabs(): void {
    const tab = (state: string, label: string, n: number) => {
      const attrs = { type: 'button', 'aria-pressed': String(this.state === state) };
      const press = () => replace(state ? `#/files?state=${state}` : '#/files');
      return h('button', { attrs, onclick: press }, label, h('span', { class: 'count-mark' }, count(n)));
    };
    const numbers = ORDER.map((state) => ({
      state,
      n: this.all.filter((file) => file.state === state).length,
    }));
    const states = numbers
      .filter(({ n, state }) => n > 0 || state === this.state)
      .map(({ state, n }) => tab(state, FILE_STATE[state].label, n));
    fill(this.tabs, tab('', 'All', this.all.length), ...states);
    this.tabs.title = plural(this.all.length, 'file');
  }
}

function fits(file: KeptFile, text: string): boolean {
  return (
    text === '' ||
    [file.file, file.format ?? '', file.sha256].some((part) => part.toLowerCase().includes(text))
  );
}
