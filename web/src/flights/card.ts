/** What was clicked on the map: one flight in short, and its neighbours under the same click. */
import type { Flight } from '../api/types';
import { fill, h } from '../dom/h';
import { badge, button, facts } from '../dom/parts';
import { flightAddress } from '../state/route';
import { units } from '../state/settings';
import { startText } from '../text/times';
import { distance, duration, height, text } from '../text/units';
import { aircraftName, badges } from '../text/words';

export interface CardListener {
  fetch(id: string): Promise<Flight>;
  selected(id: string | null): void;
}

export interface Card {
  element: HTMLElement;
  show(ids: string[]): void;
  close(): void;
}

export function makeCard(listener: CardListener): Card {
  const element = h('aside', {
    class: 'card',
    attrs: { 'aria-label': 'Selected flight', 'aria-live': 'polite' },
  });
  element.hidden = true;
  let ids: string[] = [];
  let at = 0;
  const close = () => {
    element.hidden = true;
    listener.selected(null);
  };
  const turn = (by: number) => {
    at = (at + by + ids.length) % ids.length;
    void draw();
  };
  const draw = async () => {
    const id = ids[at];
    if (id === undefined) return;
    listener.selected(id);
    const flight = await listener.fetch(id).catch(() => null);
    if (ids[at] !== id) return;
    element.hidden = flight === null;
    if (flight)
      fill(
        element,
        head(ids.length > 1 ? `${at + 1} of ${ids.length}` : '', turn, close),
        ...content(flight),
      );
  };
  return {
    element,
    close,
    show(next) {
      ids = next;
      at = 0;
      void draw();
    },
  };
}

function head(pager: string, turn: (by: number) => void, close: () => void): HTMLElement {
  const pages = pager
    ? h(
        'span',
        { class: 'pager' },
        button({
          label: 'Flight before',
          icon: 'back',
          kind: 'quiet',
          iconOnly: true,
          press: () => turn(-1),
        }),
        h('span', {}, pager),
        turned(
          button({ label: 'Next flight', icon: 'back', kind: 'quiet', iconOnly: true, press: () => turn(1) }),
        ),
      )
    : h('span', { class: 'pager' }, 'Selected flight');
  return h(
    'header',
    {},
    pages,
    button({ label: 'Close', icon: 'close', kind: 'quiet', iconOnly: true, press: close }),
  );
}

function turned(element: HTMLElement): HTMLElement {
  element.classList.add('turned');
  return element;
}

function content(flight: Flight): HTMLElement[] {
  const { first, second } = startText(flight);
  const unit = units.get();
  const marks = badges(flight).map(badge);
  return [
    h('h2', {}, flight.place ?? 'Place unknown'),
    h('p', { class: 'when' }, [first, second].filter(Boolean).join(' · ')),
    h('div', { class: 'badges' }, ...marks),
    facts(
      ['Aircraft', aircraftName(flight)],
      ['Airborne', duration(flight.airborne_s)],
      ['Distance', text(distance(flight.distance_m, unit))],
      ['Max height', text(height(flight.max_height_m, unit))],
    ),
    h('a', { class: 'button primary', attrs: { href: flightAddress(flight.id) } }, 'Open flight'),
  ];
}
