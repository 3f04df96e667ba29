/** What the files of a flight say besides the track: what happened, parameters, firmware and hardware. */
import * as api from '../api/client';
import type { FlightLog, LogRow, Parameter } from '../api/types';
import { fill, h } from '../dom/h';
import { facts, failure, section } from '../dom/parts';
import { inZone } from '../text/times';
import { count, UNKNOWN } from '../text/units';

const SHOWN = 300;
const SEVERITIES = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'] as const;
const GRAVE = 4; // warning, or worse
const BAD = new Set(
  'failsafe gnss_lost battery_low battery_critical link_lost hard_landing crash clock_jump geofence dropout error'.split(
    ' ',
  ),
);

export interface Said {
  at: string | null;
  clockS: number | null;
  kind: string;
  text: string;
  file: string;
  grave: boolean;
}

/** Messages and events of all files in order of time; what has no time comes first. */
export function said(log: FlightLog): Said[] {
  const rows = log.sources.flatMap((source) => {
    const messages = source.messages.map((m) => ({
      ...row(m, source.file),
      kind: m.severity === null ? 'message' : (SEVERITIES[m.severity] ?? 'message'),
      grave: m.severity !== null && m.severity <= GRAVE,
    }));
    const events = source.events.map((e) => ({
      ...row(e, source.file),
      kind: e.kind.replaceAll('_', ' '),
      grave: BAD.has(e.kind),
    }));
    return [...messages, ...events];
  });
  return rows.sort((a, b) => (a.clockS ?? -Infinity) - (b.clockS ?? -Infinity));
}

function row(from: LogRow, file: string) {
  return { at: from.at, clockS: from.clock_s, text: from.text, file };
}

/** Parameters whose name holds a text, and of these, if asked, only those not at default or changed in flight. */
export function chosen(all: readonly Parameter[], text: string, changedOnly: boolean): Parameter[] {
  const wanted = text.trim().toLowerCase();
  return all.filter((p) => p.name.toLowerCase().includes(wanted) && (!changedOnly || isChanged(p)));
}

export function isChanged(p: Parameter): boolean {
  if (p.changed > 0) return true;
  return p.default !== null && p.value !== null && !isSame(p.value, p.default);
}

/** Whether two values are one, as far as the 32-bit floats that parameters are can tell. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b));
}

/** A value with no more digits than a 32-bit float has. */
export const valueText = (value: number | null) =>
  value === null ? UNKNOWN : String(Number(value.toPrecision(7)));

/** The sections, filled when the answer comes; empty where the files say nothing. */
export function logSections(id: string, zone: string | null, seek: (at: string) => void): HTMLElement {
  const place = h('div', { class: 'log-sections', attrs: { 'aria-busy': 'true' } });
  api.log(id).then(
    (log) => {
      place.setAttribute('aria-busy', 'false');
      fill(place, happened(log, zone, seek), parameters(log.parameters), hardware(log));
    },
    (error: unknown) => fill(place, failure(error)),
  );
  return place;
}

function happened(log: FlightLog, zone: string | null, seek: (at: string) => void): HTMLElement | null {
  const all = said(log);
  if (all.length === 0) return null;
  const list = h('ol', { class: 'happened' });
  const more = h('p', { class: 'quiet-text', attrs: { role: 'status' } });
  const draw = (text: string) => {
    const found = all.filter((s) => `${s.kind} ${s.text}`.toLowerCase().includes(text.toLowerCase()));
    fill(list, ...found.slice(0, SHOWN).map((s) => line(s, zone, seek, log.sources.length > 1)));
    const rest = found.length - SHOWN;
    more.textContent = rest > 0 ? `and ${count(rest)} more: type to find them` : '';
  };
  draw('');
  const find = finder('Find in messages and events', draw);
  const grave = all.filter((s) => s.grave).length;
  const summary = `${count(all.length)} messages and events${grave > 0 ? `, ${count(grave)} of them warnings or worse` : ''}`;
  return section(
    'What happened',
    h('details', { attrs: { open: grave > 0 } }, h('summary', {}, summary), find, list, more),
  );
}

function line(s: Said, zone: string | null, seek: (at: string) => void, several: boolean): HTMLElement {
  const moment = s.at ? inZone(s.at, zone ?? 'UTC') : null;
  const when = moment ? moment.clock : s.clockS === null ? UNKNOWN : `${s.clockS.toFixed(1)} s`;
  const { at } = s;
  const attrs = {
    title: moment ? `${moment.date} ${moment.clock} ${moment.zone}: go there in the replay` : null,
  };
  const time = at
    ? h('button', { class: 'moment', attrs: { type: 'button', ...attrs }, onclick: () => seek(at) }, when)
    : h('span', { class: 'moment' }, when);
  return h(
    'li',
    { class: s.grave ? 'grave' : '' },
    time,
    h('span', { class: 'kind' }, s.kind),
    h('span', { class: 'text' }, s.text),
    several ? h('span', { class: 'second' }, s.file) : null,
  );
}

function parameters(all: readonly Parameter[]): HTMLElement | null {
  if (all.length === 0) return null;
  const body = h('tbody');
  const more = h('p', { class: 'quiet-text', attrs: { role: 'status' } });
  let text = '';
  let changedOnly = false;
  const draw = () => {
    const found = chosen(all, text, changedOnly);
    fill(body, ...found.slice(0, SHOWN).map(parameter));
    const rest = found.length - SHOWN;
    more.textContent =
      rest > 0 ? `and ${count(rest)} more: type to find them` : found.length === 0 ? 'None.' : '';
  };
  draw();
  const find = finder('Find a parameter', (next) => {
    text = next;
    draw();
  });
  const box = h('input', { attrs: { type: 'checkbox' } });
  box.addEventListener('change', () => {
    changedOnly = box.checked;
    draw();
  });
  const heads = ['Parameter', 'Value', 'Default', 'In flight'].map((name) =>
    h('th', { attrs: { scope: 'col' } }, name),
  );
  return section(
    'Parameters',
    h(
      'details',
      {},
      h(
        'summary',
        {},
        `${count(all.length)} parameters, ${count(all.filter(isChanged).length)} not at default or changed`,
      ),
      find,
      h('label', { class: 'only-changed' }, box, 'Only those not at default, or changed in flight'),
      h('table', { class: 'parameters' }, h('thead', {}, h('tr', {}, ...heads)), body),
      more,
    ),
  );
}

function parameter(p: Parameter): HTMLElement {
  const changes = p.changed > 0 ? `changed ${p.changed}×, at the end ${valueText(p.last)}` : '';
  return h(
    'tr',
    { class: isChanged(p) ? 'changed' : '' },
    h('th', { attrs: { scope: 'row' } }, h('code', {}, p.name)),
    h('td', {}, valueText(p.value)),
    h('td', {}, valueText(p.default)),
    h('td', {}, changes),
  );
}

function hardware(log: FlightLog): HTMLElement | null {
  const known = log.sources.filter((source) => Object.keys(source.identity).length > 0);
  if (known.length === 0) return null;
  const lists = known.flatMap((source) => [
    known.length > 1 ? h('p', { class: 'second' }, source.file) : null,
    facts(
      ...Object.entries(source.identity).map(([name, text]): [string, string] => [
        name.replaceAll('_', ' '),
        text,
      ]),
    ),
  ]);
  return section('Firmware and hardware', ...lists);
}

function finder(label: string, found: (text: string) => void): HTMLInputElement {
  const field = h('input', {
    class: 'finder',
    attrs: { type: 'search', 'aria-label': label, placeholder: label },
  });
  field.addEventListener('input', () => found(field.value));
  return field;
}
