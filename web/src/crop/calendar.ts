/** What happened in a field, by day: season, stages, images, prescriptions; and what was stated of it before. */
import { h } from '../dom/h';
import { badge, message } from '../dom/parts';
import { figures, list } from './parts';
import type { Entry, FieldPage } from './types';

const KINDS: Record<Entry['kind'], [label: string, tone: 'ok' | 'info' | 'plain' | 'warn']> = {
  season: ['Season', 'ok'],
  stage: ['Stage', 'plain'],
  image: ['Image', 'info'],
  prescription: ['Prescription', 'warn'],
};

export function calendar(field: FieldPage, drop: (entry: Entry) => void): HTMLElement {
  const rows = field.calendar.map((each) => entryRow(each, drop));
  const notes = [field.stages?.why ?? '', ...(field.stages?.notes ?? []), ...(field.stages?.problems ?? [])];
  return h(
    'div',
    {},
    rows.length > 0
      ? h('ol', { class: 'crop-calendar' }, ...rows)
      : message('plain', 'Nothing yet: no season, no image.'),
    field.stages || field.weather
      ? null
      : h('p', { class: 'quiet-text' }, 'With weather of the season, growth stages stand here too.'),
    notes.some(Boolean) ? list(notes.filter(Boolean), 'crop-notes') : null,
  );
}

function entryRow(entry: Entry, drop: (entry: Entry) => void): HTMLElement {
  const [label, tone] = KINDS[entry.kind];
  const remove = entry.id
    ? h(
        'button',
        {
          class: 'button quiet crop-drop',
          attrs: { type: 'button', 'aria-label': `Take back ${entry.what} of ${entry.day}` },
          onclick: () => drop(entry),
        },
        '×',
      )
    : null;
  return h(
    'li',
    { data: { kind: entry.kind } },
    h('time', { attrs: { datetime: entry.day } }, entry.day),
    badge({ label, tone, title: label }),
    h('span', {}, entry.what, entry.more ? h('span', { class: 'quiet-text crop-more' }, entry.more) : null),
    remove,
  );
}

export function history(field: FieldPage): HTMLElement {
  const words = (each: FieldPage['history'][number]) =>
    [
      each.crop,
      each.cultivar,
      each.begun && `${each.began_with} ${each.begun}`,
      `${figures(each.area_ha)} ha`,
    ]
      .filter(Boolean)
      .join(', ');
  return h(
    'ol',
    { class: 'crop-history' },
    ...field.history.map((each) =>
      h(
        'li',
        {},
        h('time', { attrs: { datetime: each.stated } }, each.stated.slice(0, 10)),
        h('span', {}, words(each)),
        h('span', { class: 'quiet-text' }, each.who),
      ),
    ),
  );
}
