/** The section that says what happened in a flight: its phases, its events with their evidence, the wind. */
import type { Evidence, Happened, Happening, LogTime, PhaseSpan } from '../api/logbook';
import { type Child, h } from '../dom/h';
import { badge, section } from '../dom/parts';
import { units } from '../state/settings';
import { inZone } from '../text/times';
import { duration, speed, speedError, text, UNKNOWN } from '../text/units';
import { plural, type Tone } from '../text/words';
import { phaseSums, phaseToken, usOf } from './phases';

const TONE: Readonly<Record<Happening['severity'], Tone>> = {
  info: 'plain',
  notice: 'info',
  warning: 'warn',
  critical: 'bad',
};
const SHOWN = 200;

export type Seek = (us: number) => void;

export function happenedSection(found: Happened, zone: string | null, seek: Seek): HTMLElement | null {
  if (found.phases.length === 0 && found.events.length === 0) return null;
  const clock = found.utc
    ? `Times of ${zone ?? 'UTC'}.`
    : 'Times are seconds on the log’s own clock: UTC unknown.';
  return section(
    'Phases and events',
    phaseStrip(found.phases, seek),
    eventList(found.events, zone, seek),
    wind(found.wind),
    h(
      'p',
      { class: 'quiet-text' },
      `${clock} Told from track and logs; each event with the rows that tell of it.`,
    ),
  );
}

function phaseStrip(phases: readonly PhaseSpan[], seek: Seek): HTMLElement | null {
  if (phases.length === 0) return null;
  const strip = phases.map((span) => {
    const us = usOf(span.start);
    const label = `${span.phase}, ${duration(span.seconds)}`;
    const piece = h('button', {
      class: 'phase',
      attrs: { type: 'button', title: label, 'aria-label': `${label}: go there in the replay` },
      onclick: () => us !== null && seek(us),
    });
    piece.style.flexGrow = String(Math.max(span.seconds, 0.1));
    piece.style.background = `var(--${phaseToken(span.phase)})`;
    return piece;
  });
  const sums = phaseSums(phases).map(({ phase, seconds }) => {
    const swatch = h('i');
    swatch.style.background = `var(--${phaseToken(phase)})`;
    return h('span', {}, swatch, `${phase} ${duration(seconds)}`);
  });
  return h(
    'div',
    { class: 'phases' },
    h('div', { class: 'phase-strip' }, ...strip),
    h('p', { class: 'phase-sums' }, ...sums),
  );
}

function eventList(events: readonly Happening[], zone: string | null, seek: Seek): HTMLElement {
  const told = events.filter((each) => each.severity !== 'info');
  const usual = events.filter((each) => each.severity === 'info');
  const items = (some: readonly Happening[]) => some.slice(0, SHOWN).map((each) => item(each, zone, seek));
  const rest =
    told.length > SHOWN
      ? h('p', { class: 'quiet-text' }, `and ${told.length - SHOWN} more: groundside events`)
      : null;
  const none =
    told.length === 0 ? h('p', { class: 'quiet-text' }, 'Nothing out of the ordinary was found.') : null;
  const more =
    usual.length > 0
      ? h(
          'details',
          {},
          h('summary', {}, `${plural(usual.length, 'event')} of any flight`),
          h('ol', { class: 'event-list' }, ...items(usual)),
        )
      : null;
  return h('div', {}, none, h('ol', { class: 'event-list' }, ...items(told)), rest, more);
}

function item(of: Happening, zone: string | null, seek: Seek): HTMLElement {
  return h(
    'li',
    {},
    moment(of.start, zone, seek),
    badge({ label: of.severity, tone: TONE[of.severity], title: of.kind.replaceAll('_', ' ') }),
    h(
      'div',
      {},
      h('p', {}, of.sentence),
      h(
        'details',
        {},
        h('summary', {}, 'Evidence'),
        ...of.evidence.map(evidence),
        ...of.sources.map((source) => h('p', { class: 'second' }, `Compared with: ${source.title}`)),
      ),
    ),
  );
}

function evidence(of: Evidence): HTMLElement {
  const rows =
    of.end_row - of.first_row > 1 ? `rows ${of.first_row} to ${of.end_row - 1}` : `row ${of.first_row}`;
  const origin = of.origin ? ` (${of.origin})` : '';
  return h('p', { class: 'second' }, `${of.table}, ${rows}${origin}: ${of.says}`);
}

function moment(time: LogTime, zone: string | null, seek: Seek): HTMLElement {
  const us = usOf(time);
  if (us === null)
    return h('span', { class: 'moment', attrs: { title: 'The log does not say when' } }, UNKNOWN);
  const local = typeof time === 'string' ? inZone(time, zone ?? 'UTC') : null;
  const said = local ? local.clock : `${(us / 1e6).toFixed(1)} s`;
  const title = local
    ? `${local.date} ${local.clock} ${local.zone}: go there in the replay`
    : 'Go there in the replay';
  return h('button', { class: 'moment', attrs: { type: 'button', title }, onclick: () => seek(us) }, said);
}

function wind(of: Happened['wind']): Child {
  if (!of) return null;
  const system = units.get();
  const error = speedError(of.error_mps, system);
  const said = `Wind from ${of.from_deg.toFixed(0)}° (true), ${text(speed(of.speed_mps, system))}${error}, in the mean: ${of.basis}.`;
  return h('p', { class: 'wind', attrs: { title: of.evidence.says } }, said);
}
