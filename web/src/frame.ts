/** What stands around every view: the bar, the menus, the places where list, map and replay go. */
import { h, icon } from './dom/h';
import { ICONS } from './dom/icons';
import { button, choice } from './dom/parts';
import { splitter } from './dom/splitter';
import { type Theme, theme, units } from './state/settings';
import type { UnitSystem } from './text/units';
import { VIEWS } from './views';

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Search flights'],
  ['↑ ↓ Page Home End', 'Move in a list'],
  ['Enter', 'Open the flight'],
  ['X', 'Choose the flight, to be compared with others'],
  ['Esc', 'Back to the list, or close'],
  ['Space', 'Play or pause'],
  ['← →', 'One second back or on; with Shift ten'],
  [', .', 'Slower, faster'],
  ['F', 'Follow the aircraft'],
  ['U', 'Upload files'],
  ['?', 'These keys'],
];

export interface Frame {
  element: HTMLElement;
  panel: HTMLElement;
  stage: HTMLElement;
  deck: HTMLElement;
  main: HTMLElement;
  help: HTMLDialogElement;
  /** Say that the line to the server is down, or up again. */
  connected(yes: boolean): void;
  archive(simulated: boolean, version: string): void;
  current(view: string, wide: boolean): void;
}

export interface FrameParts {
  jobs: { button: HTMLElement; panel: HTMLElement };
  uploads: { input: HTMLInputElement; tray: HTMLElement; overlay: HTMLElement };
}

export function makeFrame({ jobs, uploads }: FrameParts): Frame {
  const panel = h('div', { class: 'panel', attrs: { id: 'panel' } });
  const deck = h('div', { class: 'deck' });
  const stage = h(
    'div',
    { class: 'stage' },
    h('div', { class: 'map-slot', attrs: { id: 'map-slot' } }),
    deck,
  );
  const main = h('main', { class: 'workspace', attrs: { id: 'main', tabindex: -1 } });
  main.append(panel, splitter(main), stage);
  const help = helpDialog();
  const { header, sim, lost, links } = bar(jobs.button, uploads.input, help);
  const element = h(
    'div',
    { class: 'app' },
    skipLink(),
    header,
    lost,
    main,
    jobs.panel,
    displayMenu(help),
    help,
    uploads.tray,
    uploads.overlay,
  );
  return {
    element,
    panel,
    stage,
    deck,
    main,
    help,
    connected: (yes) => {
      lost.hidden = yes;
    },
    archive(simulated, version) {
      sim.hidden = !simulated;
      element.dataset['version'] = version;
    },
    current(view, wide) {
      main.dataset['view'] = view;
      main.dataset['wide'] = String(wide);
      for (const [name, link] of links) {
        const under = view === 'flight' ? 'flights' : VIEWS.find((each) => each.name === view)?.under;
        const here = name === view || name === under;
        if (here) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
        if (here) link.scrollIntoView?.({ block: 'nearest', inline: 'nearest' }); // the bar of a phone is too narrow for all
      }
    },
  };
}

function skipLink(): HTMLElement {
  const skip = h('a', { class: 'skip', attrs: { href: '#main' } }, 'Skip to the list');
  skip.addEventListener('click', (event) => {
    event.preventDefault(); // the address after # belongs to the views
    document.querySelector<HTMLElement>('#main')?.focus();
  });
  return skip;
}

function bar(jobsButton: HTMLElement, input: HTMLInputElement, help: HTMLDialogElement) {
  const sim = h(
    'span',
    {
      class: 'badge tone-sim archive-sim',
      attrs: { title: 'Flights in this archive were made by the simulator.' },
    },
    'SIMULATED',
  );
  sim.hidden = true;
  const link = (name: string, label: string) => h('a', { attrs: { href: `#/${name}` } }, label);
  const links = new Map<string, HTMLElement>([
    ['flights', link('flights', 'Flights')],
    ...VIEWS.filter((view) => !view.under).map((view): [string, HTMLElement] => [
      view.name,
      link(view.name, view.label),
    ]),
    ['files', link('files', 'Files')],
  ]);
  const upload = button({
    label: 'Upload',
    icon: 'upload',
    kind: 'bar',
    id: 'upload',
    press: () => input.click(),
  });
  upload.classList.add('accent');
  const menu = h(
    'button',
    {
      class: 'button bar icon-only',
      attrs: {
        type: 'button',
        popovertarget: 'display',
        'aria-label': 'Units and colours',
        title: 'Units and colours',
      },
    },
    icon(ICONS.auto),
  );
  const asked = button({
    label: 'Help',
    icon: 'help',
    kind: 'bar',
    iconOnly: true,
    press: () => help.showModal(),
  });
  const header = h(
    'header',
    { class: 'bar' },
    h(
      'a',
      { class: 'brand', attrs: { href: '#/flights', 'aria-label': 'Groundside, to all flights' } },
      mark(),
      h('span', { class: 'wide' }, 'Groundside'),
    ),
    h('nav', { attrs: { 'aria-label': 'Main' } }, ...links.values()),
    sim,
    h('span', { class: 'gap' }),
    jobsButton,
    upload,
    input,
    menu,
    asked,
  );
  const lost = h(
    'p',
    { class: 'lost', attrs: { role: 'status' } },
    'The server does not answer. What you see may be old; trying again.',
  );
  lost.hidden = true;
  return { header, sim, lost, links };
}

/** A craft above the line of the ground. */
function mark(): SVGSVGElement {
  return icon('M10 2.2l4 7.6l-4-2l-4 2zM2.5 13.2h15M5.5 17h9', 'brand-mark');
}

function displayMenu(help: HTMLDialogElement): HTMLElement {
  const unitChoice = choice<UnitSystem>(
    'Units',
    [
      ['metric', 'Metric'],
      ['imperial', 'Imperial'],
    ],
    units.get(),
    (value) => units.set(value),
  );
  const themeChoice = choice<Theme>(
    'Colours',
    [
      ['auto', 'System'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ],
    theme.get(),
    (value) => theme.set(value),
  );
  const keys = button({ label: 'Keyboard', icon: 'help', press: () => help.showModal() });
  return h(
    'div',
    {
      class: 'menu display-menu',
      attrs: { id: 'display', popover: 'auto', 'aria-label': 'Units and colours' },
    },
    h('h2', {}, 'Units'),
    unitChoice,
    h('h2', {}, 'Colours'),
    themeChoice,
    keys,
  );
}

function helpDialog(): HTMLDialogElement {
  const close = button({
    label: 'Close',
    icon: 'close',
    kind: 'quiet',
    iconOnly: true,
    press: () => dialog.close(),
  });
  const rows = KEYS.map(([keys, what]) =>
    h('div', {}, h('dt', {}, ...keys.split(' ').map((key) => h('kbd', {}, key))), h('dd', {}, what)),
  );
  const dialog: HTMLDialogElement = h(
    'dialog',
    { class: 'help', attrs: { 'aria-label': 'Help' } },
    h('header', {}, h('h2', {}, 'Keyboard'), close),
    h('dl', { class: 'keys' }, ...rows),
    h(
      'p',
      { class: 'quiet-text' },
      'Drop files anywhere to take them in. Drag across a chart to look closer; press twice to see all of it again. Heights are above take-off unless they say altitude.',
    ),
  );
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}
