/** What a plan comes to, in words: times, photos, batteries, checks. */

import { h } from '../dom/h';
import { badge, button, facts, message, quantity } from '../dom/parts';
import { units } from '../state/settings';
import { count, distance, duration, height } from '../text/units';
import { plural, type Tone } from '../text/words';
import type { Override } from './api';
import type { Finding, Kept, Plan } from './types';

const CHECKS: Record<string, string> = {
  height: 'Height',
  clearance: 'Clearance',
  distance: 'Distance',
  line_of_sight: 'Line of sight',
  keep_out: 'Keep-outs',
  layers: 'Airspace',
  battery: 'Battery',
  no_return: 'Turning home',
  sun: 'Daylight',
  controller: 'Controller',
};
const TONES: Record<Finding['outcome'], Tone> = { passed: 'ok', failed: 'bad', 'not checked': 'plain' };
const LABELS: Record<Finding['outcome'], string> = {
  passed: 'Passed',
  failed: 'Fails',
  'not checked': 'Not checked',
};
/** The shell's advice, where the page has a field for the same. */
const FIELDS: readonly (readonly [RegExp, string])[] = [
  [/No aircraft was named: add --aircraft NAME, or --own-log LOG\./, 'Choose an aircraft.'],
  [/No elevation model was named: add --terrain DEM\.tif\./, 'Choose an elevation model.'],
  [/No time of take-off was named: add --at TIME\./, 'Say under “Limits and time” when you take off.'],
  [/: add --layer FILE\./, '; the shell checks them: groundside plan check FILE --layer FILE.'],
  [/; set your limit with --distance-limit M\./, '; no limit is set.'],
  [
    /; name the controller's limits with --most-waypoints and --longest-segment\./,
    '; checked for the format of the file when it is made.',
  ],
  [/add --camera NAME; groundside plan cameras lists them/, 'choose a camera'],
  [/add --camera NAME, or give --height/, 'choose a camera, or fly by height'],
  [/add --wind M\/S@DEG, as 4@270/, 'say the wind'],
  [/give a larger --radius/, 'give a larger radius'],
  [/add --terrain DEM\.tif/, 'choose an elevation model'],
  [/ with --terrain/, ''],
  [/add --aircraft NAME, or --own-log LOG/, 'choose an aircraft'],
];

/** Say a reason in the page's words. */
export function inPageWords(reason: string): string {
  return FIELDS.reduce((text, [found, words]) => text.replace(found, words), reason);
}

export function summary(plan: Plan): HTMLElement {
  const { flight, look, photo_count } = plan;
  const gsd = look.gsd_cm === null ? null : `${look.gsd_cm.toFixed(2)} cm a pixel`;
  const apart =
    look.line_m === null ? null : `lines ${look.line_m.toFixed(1)} m, photos ${look.trigger_m?.toFixed(1)} m`;
  const left =
    flight.battery_left === null ? null : `${Math.round(flight.battery_left * 100)} % left after one flight`;
  return h(
    'div',
    { class: 'plan-summary' },
    h(
      'dl',
      { class: 'plan-numbers' },
      number('Time', flight.seconds === null ? '–' : duration(flight.seconds)),
      number('Way', quantity(distance(flight.length_m, units.get()))),
      number('Photos', count(photo_count)),
      number('Waypoints', count(flight.waypoints)),
    ),
    facts(
      ['Height', quantity(height(look.height_m, units.get()))],
      ['Resolution', gsd],
      ['Apart', apart],
      ['Batteries', batteries(plan) ?? left],
    ),
  );
}

function batteries({ flights_s, cannot_split }: Plan): string | null {
  if (cannot_split) return cannot_split;
  if (flights_s.length === 0) return null;
  const longest = Math.max(...flights_s.map((each) => each ?? 0));
  return flights_s.length === 1
    ? 'one is enough'
    : `${flights_s.length} flights, the longest ${duration(longest)}`;
}

function number(label: string, value: HTMLElement | string): HTMLElement {
  return h('div', {}, h('dt', {}, label), h('dd', {}, value));
}

/** Say what of an opened mission the plan keeps, and name what it could not keep. */
export function keptOf({ actions, lost, lost_count }: Kept, leaveOut: () => void): HTMLElement | null {
  if (actions + lost_count === 0) return null;
  const stayed = `${plural(actions, 'action')} of the opened mission ${actions === 1 ? 'is' : 'are'} kept.`;
  const more = lost_count - lost.length;
  return h(
    'div',
    { class: 'plan-kept', attrs: { 'aria-live': 'polite' } },
    message(
      lost_count > 0 ? 'warn' : 'info',
      stayed,
      lost_count > 0
        ? `${lost_count} could not be kept: ${lost_count === 1 ? 'its waypoint is' : 'their waypoints are'} no more.`
        : '',
    ),
    lost_count > 0
      ? h(
          'details',
          {},
          h('summary', {}, 'What was not kept'),
          h(
            'ul',
            {},
            ...lost.map(({ waypoint, does }) =>
              h('li', { class: 'quiet-text' }, `waypoint ${waypoint} of the file, counted from 0: ${does}`),
            ),
            more > 0 ? h('li', { class: 'quiet-text' }, `and ${more} more`) : null,
          ),
        )
      : null,
    button({ label: 'Leave its actions out', kind: 'quiet', press: leaveOut }),
  );
}

/** The checks, each with its reason; a failed one can be overridden in words. */
export class Checks {
  readonly element = h('ul', { class: 'plan-checks' });
  private readonly reasons = new Map<string, string>();

  constructor(private readonly changed: () => void) {}

  show(findings: readonly Finding[]): void {
    const active = document.activeElement;
    const typing = active instanceof HTMLInputElement && this.element.contains(active) ? active.name : '';
    const order = { failed: 0, 'not checked': 2, passed: 1 };
    const sorted = [...findings].sort((a, b) => order[a.outcome] - order[b.outcome]);
    this.element.replaceChildren(...sorted.map((each) => this.row(each)));
    if (typing) this.element.querySelector<HTMLInputElement>(`input[name="${typing}"]`)?.focus();
  }

  overrides(): Override[] {
    const given = [...this.reasons].map(([check, reason]) => ({ check, reason: reason.trim() }));
    return given.filter((each) => each.reason !== '');
  }

  private row(finding: Finding): HTMLElement {
    const { check, outcome } = finding;
    const mark = badge({ label: LABELS[outcome], tone: TONES[outcome], title: finding.reason });
    return h(
      'li',
      { data: { check, outcome } },
      h('div', { class: 'check-head' }, h('span', {}, CHECKS[check] ?? check), mark),
      h('p', { class: 'quiet-text' }, inPageWords(finding.reason)),
      outcome === 'failed' ? this.reason(check) : null,
    );
  }

  private reason(check: string): HTMLElement {
    const label = `Reason to override ${CHECKS[check] ?? check}`;
    const input = h('input', {
      attrs: {
        type: 'text',
        name: check,
        maxlength: 1000,
        placeholder: 'Override: say why',
        'aria-label': label,
      },
      oninput: () => {
        this.reasons.set(check, input.value);
        this.changed();
      },
    });
    input.value = this.reasons.get(check) ?? '';
    return input;
  }
}
