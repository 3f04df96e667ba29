/** A table of any length: only the rows in sight are in the document. Rows are all of one height, a style-sheet token. */
import { type Child, fill, h, setAttribute } from './h';

export interface Column<R> {
  key: string;
  label: string;
  class?: string;
  sortable?: boolean;
  cell(row: R): Child[];
}

export interface Rows<R> {
  readonly total: number;
  get(index: number): R | undefined;
  /** Say which rows are in sight, so that missing ones can be fetched. */
  need(first: number, end: number): void;
}

export interface TableListener<R> {
  id(row: R): string;
  opened(row: R): void;
  hovered?(row: R | null): void;
  sorted?(key: string): void;
}

export interface TableOptions<R> {
  label: string;
  tableId: string;
  idAttribute: string;
  columns: Column<R>[];
  rows: Rows<R>;
  listener: TableListener<R>;
}

interface Shown<R> {
  row: R | undefined;
  version: number;
  element: HTMLTableRowElement;
}

const SPARE_ROWS = 8;
const KEYS: Readonly<Record<string, (at: number, page: number, total: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_, __, total) => total - 1,
};

export class VirtualTable<R> {
  readonly element: HTMLElement;
  private readonly body = h('tbody');
  private readonly before = spacer();
  private readonly after = spacer();
  private readonly head: HTMLTableRowElement;
  private readonly table: HTMLTableElement;
  private readonly shown = new Map<number, Shown<R>>();
  private version = 0;
  private active = 0;
  private selected: string | null = null;
  private frame = 0;

  constructor(private readonly options: TableOptions<R>) {
    this.head = h(
      'tr',
      { attrs: { 'aria-rowindex': 1 } },
      ...options.columns.map((column) => this.heading(column)),
    );
    this.body.append(this.before, this.after);
    const attrs = { id: options.tableId, role: 'grid', 'aria-label': options.label };
    this.table = h('table', { class: 'grid', attrs }, h('thead', {}, this.head), this.body);
    this.element = h('div', { class: 'scroller', attrs: { tabindex: -1 } }, this.table);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /**
   * Draw again, because rows came, went or changed.
   *
   * Rows are replaced one by one: taking all out first would shorten the table and move what is in sight.
   */
  refresh(): void {
    this.version += 1;
    setAttribute(this.table, 'aria-rowcount', this.options.rows.total + 1);
    this.active = Math.max(0, Math.min(this.active, this.options.rows.total - 1));
    this.draw();
  }

  toTop(): void {
    this.active = 0;
    this.element.scrollTop = 0;
  }

  showSort(key: string, descending: boolean): void {
    for (const cell of this.head.children) {
      const here = cell instanceof HTMLElement && cell.dataset['key'] === key;
      setAttribute(cell, 'aria-sort', here ? (descending ? 'descending' : 'ascending') : null);
    }
  }

  /** Mark a row wherever it is loaded; with `reveal`, bring it into sight. */
  select(id: string | null, reveal = false): void {
    this.selected = id;
    for (const { row, element } of this.shown.values()) this.mark(element, row);
    const index = id === null || !reveal ? -1 : this.find(id);
    if (index >= 0) this.reveal(index);
  }

  private find(id: string): number {
    for (let i = 0; i < this.options.rows.total; i++) {
      const row = this.options.rows.get(i);
      if (row !== undefined && this.options.listener.id(row) === id) return i;
    }
    return -1;
  }

  private heading(column: Column<R>): HTMLElement {
    const attrs = { scope: 'col', role: 'columnheader' };
    const press = () => this.options.listener.sorted?.(column.key);
    const content = column.sortable
      ? h(
          'button',
          { class: 'sort', attrs: { type: 'button' }, onclick: press },
          column.label,
          h('span', { class: 'sort-mark' }),
        )
      : column.label;
    return h('th', { class: column.class ?? '', attrs, data: { key: column.key } }, content);
  }

  private rowHeight(): number {
    return Number.parseFloat(getComputedStyle(this.element).getPropertyValue('--row')) || 56;
  }

  private schedule = () => {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  };

  private draw(): void {
    const { rows } = this.options;
    const tall = this.rowHeight();
    const first = Math.max(0, Math.floor(this.element.scrollTop / tall) - SPARE_ROWS);
    const end = Math.min(
      rows.total,
      Math.ceil((this.element.scrollTop + this.element.clientHeight) / tall) + SPARE_ROWS,
    );
    rows.need(first, end);
    for (const [index, { element }] of this.shown) {
      if (index < first || index >= end) {
        this.keepFocus(element);
        element.remove();
        this.shown.delete(index);
      }
    }
    this.before.style.height = `${first * tall}px`;
    this.after.style.height = `${(rows.total - end) * tall}px`;
    let previous: Element = this.before;
    for (let index = first; index < end; index++) {
      const element = this.rowAt(index);
      if (previous.nextElementSibling !== element) previous.after(element);
      previous = element;
    }
  }

  /** A focused row that leaves the document hands its focus to the table, so that arrow keys go on working. */
  private keepFocus(row: HTMLElement): void {
    if (row.contains(document.activeElement)) this.element.focus({ preventScroll: true });
  }

  private rowAt(index: number): HTMLTableRowElement {
    const row = this.options.rows.get(index);
    const known = this.shown.get(index);
    if (known?.row === row && known?.version === this.version) return known.element;
    const element = this.build(index, row);
    const hadFocus = known?.element.contains(document.activeElement) ?? false;
    known?.element.replaceWith(element);
    this.shown.set(index, { row, version: this.version, element });
    if (hadFocus) element.focus({ preventScroll: true });
    return element;
  }

  private build(index: number, row: R | undefined): HTMLTableRowElement {
    const attrs = { 'aria-rowindex': index + 2, tabindex: index === this.active ? 0 : -1 };
    const element = h('tr', { class: row ? 'row' : 'row waiting', attrs, data: { index } });
    const cells = this.options.columns.map((column) =>
      h(
        'td',
        { class: column.class ?? '', attrs: { role: 'gridcell' } },
        ...(row ? column.cell(row) : [h('i')]),
      ),
    );
    fill(element, ...cells);
    if (row) element.setAttribute(this.options.idAttribute, this.options.listener.id(row));
    this.mark(element, row);
    return element;
  }

  private mark(element: HTMLElement, row: R | undefined): void {
    const chosen =
      row !== undefined && this.selected !== null && this.options.listener.id(row) === this.selected;
    setAttribute(element, 'aria-selected', chosen ? 'true' : 'false');
  }

  private reveal(index: number): void {
    const tall = this.rowHeight();
    const headTall = this.head.offsetHeight;
    const top = index * tall;
    const view = this.element;
    if (top < view.scrollTop) view.scrollTop = top;
    else if (top + tall > view.scrollTop + view.clientHeight - headTall)
      view.scrollTop = top + tall + headTall - view.clientHeight;
    this.draw();
  }

  private moveTo(index: number): void {
    const { rows, listener } = this.options;
    if (rows.total === 0) return;
    const next = Math.max(0, Math.min(rows.total - 1, index));
    const old = this.shown.get(this.active)?.element;
    if (old) old.tabIndex = -1;
    this.active = next;
    this.reveal(next);
    const element = this.shown.get(next)?.element;
    if (element) {
      element.tabIndex = 0;
      element.focus({ preventScroll: true });
    }
    listener.hovered?.(rows.get(next) ?? null);
  }

  private indexOf(target: EventTarget | null): number | null {
    const row = target instanceof Element ? target.closest<HTMLElement>('tr.row') : null;
    return row?.dataset['index'] === undefined ? null : Number(row.dataset['index']);
  }

  private rowOf(target: EventTarget | null): R | null {
    const index = this.indexOf(target);
    return index === null ? null : (this.options.rows.get(index) ?? null);
  }

  private listen(): void {
    const { listener, rows } = this.options;
    this.element.addEventListener('scroll', this.schedule, { passive: true });
    this.element.addEventListener('keydown', (event) => this.pressed(event));
    this.body.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('a, button')) return;
      const row = this.rowOf(event.target);
      if (row) listener.opened(row);
    });
    this.body.addEventListener('focusin', (event) => {
      const index = this.indexOf(event.target);
      if (index === null) return;
      this.active = index;
      listener.hovered?.(rows.get(index) ?? null);
    });
    this.body.addEventListener('mouseover', (event) => listener.hovered?.(this.rowOf(event.target)));
    this.body.addEventListener('mouseleave', () => listener.hovered?.(null));
  }

  private pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest('thead')) return;
    if (event.key === 'Enter') {
      const row = this.options.rows.total > 0 ? this.options.rows.get(this.active) : undefined;
      if (row && !(event.target instanceof HTMLAnchorElement)) this.options.listener.opened(row);
      return;
    }
    const move = KEYS[event.key];
    if (!move) return;
    event.preventDefault();
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight()) - 2);
    this.moveTo(move(this.active, page, this.options.rows.total));
  }
}

function spacer(): HTMLTableRowElement {
  return h('tr', { class: 'spacer', attrs: { 'aria-hidden': 'true' } });
}
