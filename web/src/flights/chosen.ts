/** Flights chosen in the list to be compared: a box before each row, and a line that says how many there are. */
import '../styles/pick.css';
import type { Flight } from '../api/types';
import { compareAddress, LEAST, MOST, toggled } from '../compare/ids';
import { type Child, fill, h } from '../dom/h';
import { button } from '../dom/parts';
import type { Column } from '../dom/virtual-table';
import { go } from '../state/route';
import { aircraftName, plural } from '../text/words';

export class Chosen {
  /** What to do with those that are chosen; hidden while none is. */
  readonly element = h('div', { class: 'chosen', attrs: { role: 'status' } });
  readonly column: Column<Flight> = {
    key: 'pick',
    label: '',
    class: 'col-pick',
    cell: (flight) => this.box(flight),
  };
  private ids: string[] = [];

  constructor(private readonly changed: () => void) {
    this.draw();
  }

  /** Choose the row that has the focus, or no longer, where the key for it was pressed. */
  key(event: KeyboardEvent): void {
    const row =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-flight-id]') : null;
    const id = row?.dataset['flightId'];
    if (event.key.toLowerCase() !== 'x' || event.ctrlKey || event.metaKey || event.altKey || !id) return;
    event.preventDefault();
    this.toggle(id);
  }

  private toggle(id: string): void {
    const next = toggled(this.ids, id);
    if (next) this.ids = next;
    this.draw(next === null);
    this.changed();
  }

  private draw(full = false): void {
    this.element.hidden = this.ids.length === 0;
    const { length } = this.ids;
    const said = full
      ? `At most ${MOST} flights are compared at once.`
      : `${plural(length, 'flight')} chosen${length < LEAST ? '; choose another to compare' : ''}`;
    const compare = button({
      label: 'Compare',
      kind: 'primary',
      id: 'compare',
      press: () => go(compareAddress(this.ids)),
    });
    compare.disabled = length < LEAST;
    const none = button({ label: 'Choose none', kind: 'quiet', press: () => this.none() });
    fill(this.element, h('span', {}, said), compare, none);
  }

  private none(): void {
    this.ids = [];
    this.draw();
    this.changed();
  }

  private box(flight: Flight): Child[] {
    const attrs = {
      type: 'button',
      role: 'checkbox',
      tabindex: -1,
      title: 'Choose, to be compared with others (X)',
      'aria-checked': String(this.ids.includes(flight.id)),
      'aria-label': `Compare the flight of ${aircraftName(flight)}, ${flight.place ?? 'place unknown'}`,
    };
    const onkeydown = (event: KeyboardEvent) => event.key === 'Enter' && event.stopPropagation();
    return [h('button', { class: 'pick', attrs, onclick: () => this.toggle(flight.id), onkeydown })];
  }
}
