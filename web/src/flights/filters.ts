/** The search box and the filters: what they hold is the query, and nothing else is. */

import { fill, h, icon, setAttribute } from '../dom/h';
import { ICONS } from '../dom/icons';
import { button } from '../dom/parts';
import { positionText } from '../map/shapes';
import { type FlightQuery, filtersSet, type Near, parseNear } from '../state/query';
import { units } from '../state/settings';
import { settled } from '../state/signal';

const TYPING_MS = 250;
const M_PER_UNIT = { metric: 1000, imperial: 1609.344 } as const;

export interface FiltersListener {
  changed(query: FlightQuery): void;
  /** Let the user click a place on the map; call back with it. */
  choosePlace(chosen: (near: [lon: number, lat: number]) => void): () => void;
}

export interface Filters {
  element: HTMLElement;
  show(query: FlightQuery): void;
  /** Names to offer while an aircraft is being typed. */
  suggest(aircraft: string[]): void;
}

export function makeFilters(listener: FiltersListener, first: FlightQuery): Filters {
  let query = first;
  const change = (part: Partial<FlightQuery>) => {
    query = { ...query, ...part };
    draw();
    listener.changed(query);
  };
  const typed = settled(TYPING_MS, change);
  const search = searchBox((text) => typed({ text }));
  const from = dateBox('From', (value) => change({ from: value }));
  const to = dateBox('To', (value) => change({ to: value }));
  const aircraft = aircraftBox((value) => typed({ aircraft: value }));
  const near = nearBox(listener, (value) => change({ near: value }));
  const bench = h('input', { attrs: { type: 'checkbox' }, onchange: () => change({ bench: bench.checked }) });
  const clear = button({
    label: 'Clear',
    kind: 'quiet',
    press: () => change({ text: '', from: '', to: '', aircraft: '', near: null, bench: false }),
  });
  const number = h('span', { class: 'count-mark' });
  const more = h(
    'button',
    {
      class: 'button filters-toggle',
      attrs: { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'filter-fields' },
    },
    icon(ICONS.filter),
    'Filters',
    number,
  );
  const fields = h(
    'div',
    { class: 'filter-fields', attrs: { id: 'filter-fields' } },
    from.element,
    to.element,
    aircraft.element,
    near.element,
    h(
      'label',
      { class: 'tick', attrs: { title: 'Also recordings in which nothing flew' } },
      bench,
      'Bench runs',
    ),
  );
  more.addEventListener('click', () => {
    const open = fields.classList.toggle('open');
    setAttribute(more, 'aria-expanded', String(open));
  });
  const draw = () => {
    put(search.input, query.text);
    put(from.input, query.from);
    put(to.input, query.to);
    put(aircraft.input, query.aircraft);
    near.show(query.near);
    bench.checked = query.bench;
    const set = filtersSet(query);
    number.textContent = set > 0 ? String(set) : '';
    clear.hidden = set === 0 && query.text === '';
  };
  draw();
  const element = h(
    'form',
    {
      class: 'filters',
      attrs: { role: 'search', 'aria-label': 'Find flights' },
      onsubmit: (event) => event.preventDefault(),
    },
    h('div', { class: 'search-line' }, search.element, clear, more),
    fields,
  );
  return {
    element,
    show(next) {
      query = next;
      draw();
    },
    suggest: aircraft.suggest,
  };
}

/** Write into a field only what differs, so that the caret of one being typed in stays. */
function put(input: HTMLInputElement, value: string): void {
  if (document.activeElement !== input && input.value !== value) input.value = value;
}

function searchBox(changed: (text: string) => void) {
  const input = h('input', {
    attrs: {
      id: 'search',
      type: 'search',
      placeholder: 'Place, aircraft, file name, note',
      'aria-label': 'Search flights',
      'aria-keyshortcuts': '/',
      autocomplete: 'off',
      spellcheck: 'false',
    },
    oninput: () => changed(input.value),
  });
  return { input, element: h('div', { class: 'search-box' }, icon(ICONS.search), input, h('kbd', {}, '/')) };
}

function dateBox(label: string, changed: (value: string) => void) {
  const input = h('input', {
    attrs: {
      type: 'date',
      title: `${label}: a day in UTC, included. Flights whose UTC is unknown are left out.`,
    },
    onchange: () => changed(input.value),
  });
  return { input, element: h('label', { class: 'field' }, h('span', {}, `${label} (UTC)`), input) };
}

function aircraftBox(changed: (value: string) => void) {
  const list = h('datalist', { attrs: { id: 'aircraft-names' } });
  const input = h('input', {
    attrs: {
      type: 'text',
      list: 'aircraft-names',
      placeholder: 'Any',
      autocomplete: 'off',
      spellcheck: 'false',
    },
    oninput: () => changed(input.value),
  });
  const suggest = (names: string[]) =>
    fill(list, ...names.map((name) => h('option', { attrs: { value: name } })));
  return { input, suggest, element: h('label', { class: 'field' }, h('span', {}, 'Aircraft'), input, list) };
}

function nearBox(listener: FiltersListener, changed: (near: Near | null) => void) {
  let now: Near | null = null;
  let stop: (() => void) | null = null;
  const place = h('input', {
    class: 'near-place',
    attrs: {
      type: 'text',
      placeholder: 'lon, lat',
      'aria-label': 'Near: longitude, latitude',
      inputmode: 'text',
      autocomplete: 'off',
    },
    onchange: () => set(parseNear(place.value, now?.metres ?? M_PER_UNIT[units.get()])),
  });
  const radius = h('input', {
    class: 'near-radius',
    attrs: { type: 'number', min: 0.05, step: 'any', 'aria-label': 'Radius' },
    onchange: () => {
      const metres = Number(radius.value) * M_PER_UNIT[units.get()];
      if (now && metres > 0) set({ ...now, metres });
    },
  });
  const unit = h('span', { class: 'unit' });
  const pick = button({ label: 'Choose on the map', icon: 'pin', iconOnly: true, press: () => choose() });
  const choose = () => {
    if (stop) return cancel();
    pick.setAttribute('aria-pressed', 'true');
    stop = listener.choosePlace(([lon, lat]) => {
      cancel();
      set({ lon, lat, metres: now?.metres ?? M_PER_UNIT[units.get()] });
    });
  };
  const cancel = () => {
    stop?.();
    stop = null;
    pick.setAttribute('aria-pressed', 'false');
  };
  const set = (near: Near | null) => {
    changed(near);
  };
  const show = (near: Near | null) => {
    now = near;
    const perUnit = M_PER_UNIT[units.get()];
    unit.textContent = units.get() === 'metric' ? 'km' : 'mi';
    put(place, near ? `${near.lon.toFixed(4)}, ${near.lat.toFixed(4)}` : '');
    put(radius, String(Number(((near?.metres ?? perUnit) / perUnit).toPrecision(3))));
    place.title = near
      ? positionText([near.lon, near.lat])
      : 'Click the pin, then the map; or type longitude, latitude';
  };
  units.watch(() => show(now));
  const element = h(
    'div',
    { class: 'field near' },
    h('span', {}, 'Near'),
    h('div', { class: 'near-fields' }, place, pick, radius, unit),
  );
  return { element, show };
}
