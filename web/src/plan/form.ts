/** The numbers of a plan: each with its unit, each pattern with its own. */
import { h } from '../dom/h';
import type { Choices, Pattern } from './types';

type Value = string | number | boolean;

interface Option {
  name: string;
  label: string;
  unit?: string;
  first: Value;
  /** An empty field is left out of what is asked. */
  optional?: boolean;
  choices?: readonly (readonly [string, string])[];
  least?: number;
  most?: number;
}

export const PATTERNS: readonly (readonly [Pattern, string, string])[] = [
  ['survey', 'Survey', 'Draw an area. Lines are laid so that each point is in enough photos.'],
  ['corridor', 'Corridor', 'Draw a line: a road, a power line, a pipeline.'],
  ['orbit', 'Orbit', 'Draw a point, or the outline of a structure.'],
  ['facade', 'Facade', 'Draw a line along the foot of the wall; the aircraft flies to the right of it.'],
  ['perimeter', 'Perimeter', 'Draw an area. The aircraft flies along its edge.'],
  ['search', 'Search', 'Draw an area, or a point to search around. Patterns of the IAMSAR manual.'],
  ['sampling', 'Sampling', 'Draw the point of the release, and say the wind.'],
];

const HOW: Record<Pattern, Option[]> = {
  survey: [
    {
      name: 'heading_deg',
      label: 'Heading of lines',
      unit: '°',
      first: '',
      optional: true,
      least: 0,
      most: 360,
    },
    { name: 'turnaround_m', label: 'Turn-around', unit: 'm', first: 0, least: 0, most: 1000 },
    { name: 'crosshatch', label: 'Crosshatch', first: false },
  ],
  corridor: [
    { name: 'width_m', label: 'Width of the strip', unit: 'm', first: 40, least: 0 },
    { name: 'aside_m', label: 'Beside it, both sides', unit: 'm', first: '', optional: true, least: 1 },
    { name: 'aim_m', label: 'Height looked at', unit: 'm', first: 0 },
  ],
  orbit: [
    { name: 'radius_m', label: 'Radius', unit: 'm', first: '', optional: true, least: 2 },
    { name: 'bottom_m', label: 'From height', unit: 'm', first: 5 },
    { name: 'top_m', label: 'To height', unit: 'm', first: 30 },
    { name: 'rise_m', label: 'Spiral, climb a turn', unit: 'm', first: '', optional: true, least: 0.5 },
  ],
  facade: [
    { name: 'bottom_m', label: 'From height', unit: 'm', first: 5 },
    { name: 'top_m', label: 'To height', unit: 'm', first: 20 },
    { name: 'stand_off_m', label: 'From the wall', unit: 'm', first: 12, least: 1 },
    { name: 'on_left', label: 'Fly on its left', first: false },
  ],
  perimeter: [
    { name: 'outside_m', label: 'Outside the edge', unit: 'm', first: 0 },
    {
      name: 'look',
      label: 'Camera',
      first: 'down',
      choices: [
        ['down', 'Down'],
        ['in', 'Inwards'],
        ['out', 'Outwards'],
      ],
    },
  ],
  search: [
    {
      name: 'search',
      label: 'Pattern',
      first: 'creeping',
      choices: [
        ['creeping', 'Creeping line'],
        ['parallel', 'Parallel track'],
        ['square', 'Expanding square'],
        ['sector', 'Sector'],
      ],
    },
    { name: 'spacing_m', label: 'Between tracks, or radius', unit: 'm', first: 50, least: 5 },
    { name: 'heading_deg', label: 'Heading', unit: '°', first: '', optional: true, least: 0, most: 360 },
    { name: 'left', label: 'Turn left', first: false },
  ],
  sampling: [
    { name: 'nearest_m', label: 'Nearest transect', unit: 'm', first: 100, least: 1 },
    { name: 'furthest_m', label: 'Furthest transect', unit: 'm', first: 500, least: 1 },
    { name: 'transects', label: 'Transects', first: 4, least: 1, most: 100 },
    { name: 'half_angle_deg', label: 'To each side', unit: '°', first: 20, least: 1, most: 89 },
    { name: 'stand_off_m', label: 'Never nearer', unit: 'm', first: 80, least: 1 },
  ],
};

const FLYING: Option[] = [
  { name: 'frontlap', label: 'Frontlap', unit: '%', first: 75, least: 0, most: 95 },
  { name: 'sidelap', label: 'Sidelap', unit: '%', first: 70, least: 0, most: 95 },
  { name: 'speed_m_s', label: 'Speed', unit: 'm/s', first: 8, optional: true, least: 0.5, most: 60 },
  { name: 'buffer_m', label: 'Around keep-outs', unit: 'm', first: 0, least: 0 },
  { name: 'wind_m_s', label: 'Wind', unit: 'm/s', first: 0, least: 0, most: 60 },
  { name: 'wind_from_deg', label: 'Wind from', unit: '°', first: 270, least: 0, most: 360 },
];

const LIMITS: Option[] = [
  { name: 'height_limit_m', label: 'Highest above ground', unit: 'm', first: 120, least: 1 },
  { name: 'distance_limit_m', label: 'Furthest from home', unit: 'm', first: '', optional: true, least: 1 },
  { name: 'clearance_m', label: 'Lowest above ground', unit: 'm', first: 10, least: 0 },
  { name: 'reserve', label: 'Battery kept', unit: '%', first: 25, least: 0, most: 90 },
];

type Control = HTMLInputElement | HTMLSelectElement;

function select(
  name: string,
  label: string,
  options: readonly (readonly [string, string])[],
): HTMLSelectElement {
  const attrs = { 'aria-label': label, name };
  return h('select', { attrs }, ...options.map(([value, text]) => h('option', { attrs: { value } }, text)));
}

function controlOf(option: Option): Control {
  if (option.choices) return select(option.name, option.label, option.choices);
  const isTick = typeof option.first === 'boolean';
  return h('input', {
    attrs: {
      name: option.name,
      type: isTick ? 'checkbox' : 'number',
      value: isTick ? null : option.first.toString(),
      min: option.least,
      max: option.most,
      step: 'any',
      placeholder: option.optional ? 'auto' : null,
    },
  });
}

function filled(control: Control): Value | null {
  if (control instanceof HTMLSelectElement) return control.value;
  if (control.type === 'checkbox') return control.checked;
  const value = control.valueAsNumber;
  return Number.isFinite(value) && control.checkValidity() ? value : null;
}

function field(label: string, control: Control, unit?: string): HTMLElement {
  const name = h('span', {}, label, unit ? h('span', { class: 'unit' }, ` ${unit}`) : null);
  const tick = control instanceof HTMLInputElement && control.type === 'checkbox';
  return h('label', { class: tick ? 'plan-field plan-tick' : 'plan-field' }, name, control);
}

class Group {
  readonly element: HTMLElement;
  private readonly controls: [Option, Control][];

  constructor(options: readonly Option[]) {
    this.controls = options.map((option) => [option, controlOf(option)]);
    const fields = this.controls.map(([option, control]) => field(option.label, control, option.unit));
    this.element = h('div', { class: 'plan-fields' }, ...fields);
  }

  /** What was filled in; a field that makes no sense, or is empty, is left out. */
  values(): Record<string, Value> {
    const pairs = this.controls.map(([option, control]) => [option.name, filled(control)] as const);
    return Object.fromEntries(pairs.filter((pair): pair is [string, Value] => pair[1] !== null));
  }
}

export interface PlanNumbers {
  pattern: Pattern;
  how: Record<string, Value>;
  [name: string]: unknown;
}

export class PlanForm {
  readonly element: HTMLElement;
  readonly limits: HTMLElement;
  private readonly name = h('input', { attrs: { type: 'text', name: 'name', value: 'Plan', maxlength: 80 } });
  private readonly pattern = select(
    'pattern',
    'Pattern',
    PATTERNS.map(([value, label]) => [value, label] as const),
  );
  private readonly hint = h('p', { class: 'quiet-text' });
  private readonly camera = select('camera', 'Camera', []);
  private readonly aircraft = select('aircraft', 'Aircraft', []);
  private readonly by = select('by', 'Height or resolution', [
    ['height_m', 'Height, m'],
    ['gsd_cm', 'Resolution, cm'],
  ]);
  private readonly high = h('input', {
    attrs: {
      type: 'number',
      name: 'high',
      value: 60,
      min: 0.1,
      step: 'any',
      'aria-label': 'Height or resolution',
    },
  });
  private readonly start = h('input', { attrs: { type: 'datetime-local', name: 'start' } });
  private readonly flying = new Group(FLYING);
  private readonly bounds = new Group(LIMITS);
  private readonly groups = new Map<Pattern, Group>();

  constructor(changed: () => void) {
    for (const [pattern] of PATTERNS) this.groups.set(pattern, new Group(HOW[pattern]));
    this.element = h(
      'div',
      { class: 'plan-form', oninput: changed },
      h(
        'div',
        { class: 'plan-fields wide' },
        field('Name', this.name),
        field('Pattern', this.pattern),
        field('Camera', this.camera),
        field('Aircraft', this.aircraft),
      ),
      this.hint,
      h('div', { class: 'plan-fields' }, field('Fly by', this.by), field('Value', this.high)),
      this.flying.element,
      ...[...this.groups.values()].map((group) => group.element),
    );
    this.limits = h(
      'div',
      { class: 'plan-form', oninput: changed },
      this.bounds.element,
      field('Take-off, UTC', this.start),
    );
    this.pattern.addEventListener('input', () => this.drawPattern());
    this.drawPattern();
  }

  choose(choices: Choices): void {
    const fillIn = (control: HTMLSelectElement, names: string[], none: string, first: string) => {
      const option = (value: string, text: string) =>
        h('option', { attrs: { value, selected: value === first } }, text);
      control.replaceChildren(option('', none), ...names.map((each) => option(each, each)));
    };
    const cameras = choices.cameras.map((each) => each.name);
    const first = cameras.find((each) => each.includes('Phantom 4 RTK')) ?? cameras[0] ?? '';
    fillIn(this.camera, cameras, 'No camera', first);
    fillIn(
      this.aircraft,
      choices.aircraft.map((each) => each.name),
      'Not said',
      '',
    );
  }

  get chosen(): Pattern {
    return this.pattern.value as Pattern;
  }

  numbers(): PlanNumbers {
    const how = this.groups.get(this.chosen)?.values() ?? {};
    const high = filled(this.high);
    return {
      pattern: this.chosen,
      name: this.name.value,
      camera: this.camera.value,
      aircraft: this.aircraft.value,
      ...(high === null ? {} : { [this.by.value]: high }),
      ...this.flying.values(),
      ...this.bounds.values(),
      start: this.start.value,
      how,
    };
  }

  private drawPattern(): void {
    for (const [pattern, group] of this.groups) group.element.hidden = pattern !== this.chosen;
    this.hint.textContent = PATTERNS.find(([pattern]) => pattern === this.chosen)?.[2] ?? '';
  }
}
