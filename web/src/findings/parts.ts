/** Parts that tell of one finding: its badges, its place with the error, its history. */
import { h } from '../dom/h';
import { badge, facts } from '../dom/parts';
import { positionText } from '../map/shapes';
import { type Finding, SEVERITY_TONE, type Version } from './api';

export const findingsAddress = (query: URLSearchParams, id = '') => {
  const text = query.toString();
  return `#/findings${id ? `/${id}` : ''}${text ? `?${text}` : ''}`;
};

export const photoAddress = (photo: string, finding = '') =>
  `#/photos/${photo}${finding ? `?finding=${finding}` : ''}`;

export function severityBadge({ severity }: Pick<Finding, 'severity'>): HTMLElement {
  return badge({ label: severity, tone: SEVERITY_TONE[severity], title: `Severity: ${severity}` });
}

export function statusBadge({ status }: Pick<Finding, 'status'>): HTMLElement {
  const tone = status === 'open' ? 'info' : status === 'closed' ? 'ok' : 'plain';
  return badge({ label: status, tone, title: `Status: ${status}` });
}

/** "within 4.2 m": the longer half axis of the ellipse that holds it in 95 of 100 cases. */
export function errorText({ ground }: Finding): string {
  const error = ground?.error_95;
  return error ? `within ${error.major_m.toFixed(1)} m (95 %)` : 'error unknown';
}

export function placeText(of: Finding): string {
  return of.ground ? `${positionText(of.ground.lon_lat, 6)}, ${errorText(of)}` : '';
}

export function findingFacts(of: Finding): HTMLElement {
  const { x, y, width, height } = of.pixel;
  const marked = width || height ? `, ${width.toFixed(0)} × ${height.toFixed(0)} px` : '';
  return facts(
    ['Photo', h('a', { attrs: { href: photoAddress(of.photo, of.id) } }, of.file)],
    ['Pixel as stored', `${x.toFixed(0)}, ${y.toFixed(0)}${marked}`],
    ['Asset', of.asset ?? ''],
    ['Assigned to', of.assigned ?? ''],
    ['Note', of.note ?? ''],
    ['On the ground', of.ground ? placeText(of) : 'no place'],
    ['Ground taken', of.ground?.ground ?? ''],
    ['Assumed', of.notes.join(' ')],
  );
}

const NAMES = ['type', 'severity', 'status', 'asset', 'assigned', 'note'] as const;

/** What one version says that the one before did not. */
export function changes(now: Version, before: Version | undefined): string[] {
  return NAMES.flatMap((name) => {
    const value = now[name] ?? '';
    if (before && value === (before[name] ?? '')) return [];
    if (!before && !value) return [];
    return [`${name}: ${value || 'nothing'}`];
  });
}

export function historyList(versions: readonly Version[]): HTMLElement {
  const lines = versions.map((each, i) => {
    const said = changes(each, versions[i - 1]);
    return h(
      'li',
      {},
      h('span', { class: 'second' }, `${(each.at ?? '').slice(0, 16).replace('T', ' ')} UTC · ${each.who}`),
      h('span', {}, said.join('; ') || 'the same again'),
    );
  });
  return h('ol', { class: 'history' }, ...lines.reverse());
}
