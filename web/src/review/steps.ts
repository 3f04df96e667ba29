/** Who said what of the boxes of a photo, the latest first. */
import { h } from '../dom/h';
import { plural } from '../text/words';
import type * as api from './api';

export function steps(history: readonly api.Step[]): HTMLElement {
  const said = (step: api.Step, before: api.Step | undefined): string => {
    if (step.confirmed) return `confirmed ${plural(step.boxes, 'box', 'boxes')}`;
    if (step.code && step.code !== before?.code)
      return `looked for faces: ${plural(step.boxes, 'box', 'boxes')}`;
    const more = step.boxes - (before?.boxes ?? 0);
    if (more > 0) return `drew ${plural(more, 'box', 'boxes')}`;
    if (more < 0) return `took ${plural(-more, 'box', 'boxes')} away`;
    return `${plural(step.boxes, 'box', 'boxes')}, to be confirmed`;
  };
  const lines = history.map((step, i) =>
    h(
      'li',
      {},
      h('span', { class: 'second' }, `${(step.at ?? '').slice(0, 16).replace('T', ' ')} UTC · ${step.who}`),
      h('span', {}, said(step, history[i - 1])),
    ),
  );
  return h('ol', { class: 'history' }, ...lines.reverse());
}
