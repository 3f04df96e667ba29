/** What came of a plan: numbers, heights, checks, files to take away, and the flight that was to fly it. */
import { fill, h } from '../dom/h';
import { button, failure, message, section } from '../dom/parts';
import { plural } from '../text/words';
import * as api from './api';
import { FlownBy } from './flown';
import { profileChart } from './profile';
import { Checks, keptOf, summary } from './results';
import { save } from './saying';
import type { Choices, Compared, Plan, PlanAsked } from './types';

const SUFFIXES = ['.kmz', '.plan', '.waypoints', '.csv', '.kml', '.geojson'];

interface Owner {
  /** What is asked for now. */
  asked(): PlanAsked | null;
  /** What each photo sees is to be shown, or no longer. */
  redraw(): void;
  flown(found: Compared | null): void;
  /** What an opened mission did is not wanted. */
  leaveOut(): void;
}

export class Outcome {
  readonly element = h('div', { class: 'plan-result' });
  private plan: Plan | null = null;
  private readonly checks = new Checks(() => this.drawExport());
  private readonly numbers = h('div', { class: 'plan-now' });
  private readonly kept = h('div', {});
  private readonly heights = h('div', { class: 'plan-heights' });
  private readonly seen = h('input', { attrs: { type: 'checkbox', name: 'footprints' } });
  private readonly split = h('input', { attrs: { type: 'checkbox', name: 'split' } });
  private readonly format = h('select', { attrs: { 'aria-label': 'Format', name: 'format' } });
  private readonly download = button({
    label: 'Download',
    icon: 'download',
    kind: 'primary',
    id: 'plan-download',
  });
  private readonly exported = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly flown: FlownBy;
  private readonly parts: HTMLElement[];

  constructor(private readonly owner: Owner) {
    this.flown = new FlownBy(
      owner.asked,
      (found) => owner.flown(found),
      (flight) => this.again(flight),
    );
    this.parts = this.layOut();
    this.seen.addEventListener('change', () => owner.redraw());
    this.split.addEventListener('change', () => this.drawExport());
    this.download.addEventListener('click', () => void this.take());
  }

  get footprints(): boolean {
    return this.seen.checked;
  }

  offer(choices: Choices): void {
    const title = (suffix: string) =>
      choices.formats.find((each) => each.suffixes.includes(suffix))?.title ?? 'Mission';
    const option = (suffix: string, words: string) =>
      h('option', { attrs: { value: suffix } }, `${words} (${suffix})`);
    fill(
      this.format,
      ...SUFFIXES.map((suffix) => option(suffix, title(suffix))),
      option('.pdf', 'Briefing, printed'),
    );
  }

  show(plan: Plan | null): void {
    this.plan = plan;
    this.flown.forget();
    if (!plan) {
      fill(this.element);
      return;
    }
    if (this.element.childElementCount === 0) fill(this.element, ...this.parts);
    this.checks.show(plan.checks);
    fill(this.numbers, summary(plan));
    fill(this.kept, plan.kept ? keptOf(plan.kept, () => this.owner.leaveOut()) : null);
    fill(this.heights, profileChart(plan.profile));
    this.flown.near(plan);
    this.drawExport();
  }

  private layOut(): HTMLElement[] {
    const tick = (label: string, control: HTMLInputElement) =>
      h('label', { class: 'plan-field plan-tick' }, h('span', {}, label), control);
    return [
      section('Plan', this.numbers, this.kept, tick('Show what each photo sees', this.seen), this.heights),
      section('Checks', this.checks.element),
      section(
        'Take it away',
        h('div', { class: 'plan-tools plan-export' }, this.format, this.download),
        tick('As many flights as batteries need', this.split),
        this.exported,
      ),
      section('Planned against flown', this.flown.element),
    ];
  }

  private drawExport(): void {
    const failed = this.plan?.checks.filter((each) => each.outcome === 'failed') ?? [];
    const given = new Set(this.checks.overrides().map((each) => each.check));
    const left = failed.filter((each) => !given.has(each.check)).length;
    this.download.disabled = left > 0 && !this.split.checked;
    const what = `${plural(left, 'check')} ${left === 1 ? 'fails' : 'fail'}.`;
    fill(
      this.exported,
      left > 0 ? message('warn', what, 'Change the plan, or say above why each may fail.') : null,
    );
  }

  /** Take away a plan for what a flight of this one left out. */
  private async again(flight: string): Promise<void> {
    const asked = this.owner.asked();
    if (!asked) return;
    const { blob, name } = await api.planFile(asked, this.format.value, this.overrides(), false, flight);
    save(blob, name);
  }

  private overrides(): api.Override[] {
    const failed = new Set(
      this.plan?.checks.filter((each) => each.outcome === 'failed').map((each) => each.check),
    );
    return this.checks.overrides().filter((each) => failed.has(each.check));
  }

  private async take(): Promise<void> {
    const asked = this.owner.asked();
    if (!asked) return;
    const overrides = this.overrides();
    try {
      const { blob, name } = await api.planFile(asked, this.format.value, overrides, this.split.checked);
      save(blob, name);
      fill(this.exported, message('ok', `${name} was handed to the browser.`));
    } catch (error) {
      fill(this.exported, failure(error));
    }
  }
}
