/** The logbook: dashboard, list of flights, calendar, people; each made when it is first shown. */
import '../styles/logbook.css';
import '../styles/pick.css';
import { fill, h, setAttribute } from '../dom/h';
import type { View, World } from '../views';
import { BookList } from './book';
import { Calendar } from './calendar';
import { Dashboard } from './dashboard';
import { People } from './people';

interface Part {
  readonly element: HTMLElement;
  show(path: string[], params: URLSearchParams): unknown;
}

const PARTS: readonly (readonly [name: string, label: string, make: () => Part])[] = [
  ['', 'Dashboard', () => new Dashboard()],
  ['book', 'Flights and hours', () => new BookList()],
  ['calendar', 'Calendar', () => new Calendar()],
  ['people', 'People', () => new People()],
];

export function makeView(_: World): View {
  const made = new Map<string, Part>();
  const place = h('div', { class: 'book-place' });
  const links = PARTS.map(([name, label]) =>
    h('a', { attrs: { href: name ? `#/logbook/${name}` : '#/logbook' }, data: { part: name } }, label),
  );
  const tabs = h('nav', { class: 'tabs', attrs: { 'aria-label': 'Logbook' } }, ...links);
  const head = h('header', { class: 'book-head' }, h('h1', {}, 'Logbook'), tabs);
  const element = h('section', { class: 'book', attrs: { 'aria-label': 'Logbook' } }, head, place);
  let again: () => unknown = () => undefined;
  let asking = false;
  return {
    element,
    show(path, params) {
      const [name, , make] = PARTS.find(([each]) => each === (path[0] ?? '')) ?? PARTS[0] ?? [];
      if (name === undefined || !make) return;
      const part = made.get(name) ?? make();
      made.set(name, part);
      for (const link of links)
        setAttribute(link, 'aria-current', link.dataset['part'] === name ? 'page' : null);
      if (part.element.parentNode !== place) fill(place, part.element);
      again = () => part.show(path.slice(1), params);
      again();
    },
    /** News comes many a second while files are taken in: asked again once the last answer is there. */
    refresh: () => {
      if (asking || isBusyWith(element)) return;
      asking = true;
      void Promise.resolve(again()).finally(() => {
        asking = false;
      });
    },
  };
}

/** Whether somebody is filling in a form: news must not take it away. */
function isBusyWith(element: HTMLElement): boolean {
  const at = document.activeElement;
  return at?.matches('input, select, textarea') === true && element.contains(at);
}
