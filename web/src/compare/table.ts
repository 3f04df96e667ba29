/** The comparison side by side: one column for each flight, under its letter and colour. */
import { type Child, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { badge } from '../dom/parts';
import { phaseSums, phaseToken } from '../flight/phases';
import { flightAddress } from '../state/route';
import type { UnitSystem } from '../text/units';
import { duration } from '../text/units';
import { badges } from '../text/words';
import { LETTERS } from './ids';
import type { Compared } from './read';
import { type Cell, NOT_RECORDED, rowsOf } from './rows';

export function comparison(
  all: readonly Compared[],
  units: UnitSystem,
  leave: (id: string) => void,
): HTMLElement {
  const heads = all.map((each, index) => head(each, index, leave));
  const rows = rowsOf(all, units).map(({ label, cells }) =>
    h(
      'tr',
      {},
      h('th', { attrs: { scope: 'row' } }, label),
      ...cells.map((cell, i) => h('td', {}, ...((label === 'Phases' && phases(all[i])) || content(cell)))),
    ),
  );
  const table = h(
    'table',
    {
      class: 'compare-table',
      attrs: { 'aria-label': 'Flights side by side' },
      data: { flights: all.length },
    },
    h('thead', {}, h('tr', {}, h('td', {}), ...heads)),
    h('tbody', {}, ...rows),
  );
  // A region that scrolls must be reachable by keys: WCAG 2.2, 2.1.1.
  const attrs = { role: 'region', 'aria-label': 'Flights side by side', tabindex: 0 };
  return h('div', { class: 'compare-scroll', attrs }, table);
}

/** The mark of one flight: its letter on its colour. */
export function mark(index: number): HTMLElement {
  return h('span', { class: `compare-mark flight-${index + 1}` }, LETTERS[index] ?? '');
}

function head({ id, flight, troubles }: Compared, index: number, leave: (id: string) => void): HTMLElement {
  const name = flight ? (flight.place ?? 'Place unknown') : `Flight ${id.slice(0, 8)}`;
  const attrs = { type: 'button', title: 'Leave out', 'aria-label': `Leave out flight ${LETTERS[index]}` };
  const out = h('button', { class: 'leave-out', attrs, onclick: () => leave(id) }, icon(ICONS.close));
  const link = flight ? h('a', { attrs: { href: flightAddress(id) } }, name) : name;
  return h(
    'th',
    { attrs: { scope: 'col' }, data: { compared: id } },
    h('div', { class: 'compare-head' }, mark(index), link, out),
    h('div', { class: 'badges' }, ...(flight ? badges(flight).map(badge) : [])),
    ...troubles.map((text) => h('p', { class: 'second trouble' }, text)),
  );
}

function content({ value, second }: Cell): Child[] {
  const said = value === null ? h('span', { class: 'not-recorded' }, NOT_RECORDED) : value;
  return [said, second ? h('span', { class: 'second' }, second) : null];
}

function phases(of: Compared | undefined): Child[] | null {
  const spans = of?.happened?.phases ?? [];
  if (spans.length === 0) return null;
  const pieces = spans.map(({ phase, seconds }) => {
    const piece = h('i', { attrs: { title: `${phase}, ${duration(seconds)}` } });
    piece.style.flexGrow = String(Math.max(seconds, 0.1));
    piece.style.background = `var(--${phaseToken(phase)})`;
    return piece;
  });
  const sums = phaseSums(spans).map(({ phase, seconds }) => {
    const swatch = h('i');
    swatch.style.background = `var(--${phaseToken(phase)})`;
    return h('span', {}, swatch, `${phase} ${duration(seconds)}`);
  });
  const strip = h('div', { class: 'compare-phases', attrs: { 'aria-hidden': 'true' } }, ...pieces);
  return [strip, h('p', { class: 'phase-sums' }, ...sums)];
}
