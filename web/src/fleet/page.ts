/** The fleet: aircraft, batteries, components, what is due; and a page for each aircraft and battery. */
import '../styles/logbook.css';
import '../styles/fleet.css';
import type { Fleet } from '../api/logbook';
import * as api from '../api/logbook';
import { type Child, fill, h } from '../dom/h';
import { badge, button, failure, message, section } from '../dom/parts';
import { craftAddress, LOOKED_UNASKED, shortIds, table } from '../logbook/words';
import { plural, type Tone } from '../text/words';
import type { View } from '../views';
import { aircraftPage } from './aircraft';
import { batteryPage } from './battery';
import { aircraftTable, batteryTable, componentTable } from './lists';

/** News is followed at once only where the last answer came this quickly. */
const QUICK_MS = 2000;
const DUE_TONE: Readonly<Record<string, Tone>> = {
  overdue: 'bad',
  now: 'warn',
  soon: 'info',
  later: 'plain',
};

export function makeView(): View {
  const body = h(
    'div',
    { class: 'book-page fleet', attrs: { 'aria-busy': 'true' } },
    h('p', { class: 'quiet-text', attrs: { role: 'status' } }, 'Adding up…'),
  );
  const head = h('header', { class: 'book-head' }, h('h1', {}, 'Fleet'));
  const element = h(
    'section',
    { class: 'book', attrs: { 'aria-label': 'Fleet' } },
    head,
    h('div', { class: 'book-place' }, body),
  );
  let at: string[] = [];
  let asked = 0;
  let took = 0;

  async function draw(state: Fleet, look: () => void): Promise<void> {
    const [kind, name = ''] = at;
    const again = () => void load(true);
    const made =
      kind === 'aircraft'
        ? await aircraftPage(state, name, again)
        : kind === 'battery'
          ? batteryPage(state, name)
          : overview(state, look);
    body.setAttribute('aria-busy', String(!state.looked));
    fill(body, ...made);
  }

  async function load(look: boolean): Promise<void> {
    asked += 1;
    const mine = asked;
    const began = performance.now();
    try {
      const state = await api.fleet(look);
      if (mine !== asked) return;
      if (look) took = performance.now() - began;
      await draw(state, () => void load(true));
    } catch (error) {
      if (mine === asked) fill(body, failure(error));
    }
  }

  /** Hours at once, then what takes longer: without being asked only where flights are not very many. */
  async function show(): Promise<void> {
    if (took === 0) await load(false);
    const flights = Number(body.querySelector<HTMLElement>('[data-flights]')?.dataset['flights'] ?? 0);
    if (took > 0 || at[0] === 'battery' || flights <= LOOKED_UNASKED) await load(true);
  }

  return {
    element,
    show(path) {
      at = path;
      void show();
    },
    refresh: () => {
      if (took > 0 && took < QUICK_MS) void load(true);
    },
  };
}

/** Every aircraft is its own airframe, and batteries have a table of their own. */
const LISTED_ABOVE = new Set(['airframe', 'battery']);

function overview(state: Fleet, look: () => void): Child[] {
  const flights = state.aircraft.reduce((sum, craft) => sum + craft.flights, 0);
  if (state.aircraft.length === 0)
    return [message('plain', 'There are no flights yet.', 'Drop logs anywhere on this page.')];
  const parts = state.components.filter((part) => !LISTED_ABOVE.has(part.kind));
  const unread = state.unread.map((each) => h('li', {}, `${each.flight.slice(0, 8)}: ${each.why}`));
  return [
    h('div', { data: { flights } }, state.looked ? null : waiting(flights, look)),
    due(state),
    section(`Aircraft (${state.aircraft.length})`, aircraftTable(state.aircraft)),
    state.looked ? section(`Batteries (${state.batteries.length})`, batteryTable(state.batteries)) : null,
    section(`Components (${parts.length})`, componentTable(parts)),
    unread.length > 0 ? section('Not looked into', h('ul', { class: 'plain-list' }, ...unread)) : null,
  ];
}

function waiting(flights: number, look: () => void): HTMLElement {
  if (flights <= LOOKED_UNASKED)
    return message('plain', 'Looking into flights for batteries and what happened…');
  const press = () => {
    fill(
      box,
      message(
        'plain',
        `Looking into ${plural(flights, 'flight')}: about a tenth of a second each the first time, then kept.`,
      ),
    );
    look();
  };
  const box = h(
    'div',
    {},
    message(
      'plain',
      `${plural(flights, 'flight')} are not looked into yet for batteries, hard landings and faults.`,
    ),
    button({ label: 'Look into them', kind: 'primary', press }),
  );
  return box;
}

function due(state: Fleet): HTMLElement {
  const grounded = state.grounded.map((each): Child[] => [
    badge({ label: 'must not fly', tone: 'bad', title: each.reasons.join('; ') }),
    h('a', { attrs: { href: craftAddress(each.aircraft) } }, each.aircraft),
    each.reasons.map(shortIds).join('; '),
  ]);
  const tasks = state.maintenance
    .filter((task) => task.due !== 'later')
    .map((task): Child[] => [
      badge({ label: `due ${task.due}`, tone: DUE_TONE[task.due] ?? 'plain', title: task.plan_id }),
      h('a', { class: 'serial', attrs: { href: craftAddress(task.component_id) } }, task.component_id),
      `${task.title}: ${task.because.map(shortIds).join('; ')}`,
    ]);
  const rows = [...grounded, ...tasks];
  if (rows.length > 0) return section('Due', table('Due', ['', 'What', 'Why'], rows));
  return section(
    'Due',
    h('p', { class: 'quiet-text' }, state.looked ? 'Nothing.' : 'Nothing that is known yet.'),
  );
}
