/** The numbers of a plan: each with its unit, each pattern with its own. */
import { h } from '../dom/h';
import { FLYING, HOW, LIMITS, type Option, PATTERNS, type Value } from './form-options';
import type { Choices, Pattern } from './types';

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

  fit(values: Record<string, number>): void {
    for (const [option, control] of this.controls) {
      const value = values[option.name];
      if (value !== undefined) control.value = String(value);
    }
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

  /** Choose a pattern and fill in numbers, as a plan that was opened has them. */
  fit(pattern: Pattern, how: Record<string, number>, height: number | null): void {
    this.pattern.value = pattern;
    this.groups.get(pattern)?.fit(how);
    if (height !== null) [this.by.value, this.high.value] = ['height_m', String(height)];
    this.drawPattern();
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
