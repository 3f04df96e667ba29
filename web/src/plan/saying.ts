/** What the planning page says, and what it hands to the browser. */
import { RequestFailed } from '../api/client';
import { h } from '../dom/h';
import { button, failure, message } from '../dom/parts';
import { plural } from '../text/words';
import { inPageWords } from './results';
import { FEWEST, type Kind } from './sketch';
import type { Drawn, PlanRead } from './types';

/** Say what went wrong, in the page's words. */
export function inWords(error: unknown): HTMLElement {
  if (!(error instanceof RequestFailed)) return failure(error);
  return message('bad', inPageWords(error.what), inPageWords(error.tryThis));
}

/** Say what a press on the map does now. */
export function hint(kind: Kind | null, corners: number): string {
  if (!kind) return '';
  if (FEWEST[kind] === 1) return 'Press where it is. Esc ends drawing.';
  const more = FEWEST[kind] - corners;
  const then =
    more > 0 ? `${plural(more, 'more corner')} at least.` : 'Done, or press the last corner again, ends it.';
  return `Press on the map for each corner. ${then} Backspace takes the last away, Esc gives up.`;
}

/** Say what a file held; `edit` is called where its mission can be drawn again. */
export function told(name: string, found: PlanRead, edit: () => void): HTMLElement {
  const way = found.mission
    ? `${plural(found.mission.way.length, 'waypoint')}, ${plural(found.photo_count, 'photo')}`
    : 'drawn on the map';
  const odd = [...found.problems, ...found.not_understood];
  return h(
    'div',
    {},
    message('info', `${name}: ${found.format}, ${way}.`),
    found.editable ? edited(found.editable, found.planned_anew, edit) : null,
    odd.length > 0
      ? h(
          'details',
          {},
          h('summary', {}, `${plural(odd.length, 'thing')} not understood`),
          h('ul', {}, ...odd.slice(0, 50).map((each) => h('li', { class: 'quiet-text' }, each))),
        )
      : null,
  );
}

function edited(drawn: Drawn, anew: number, edit: () => void): HTMLElement {
  const what = drawn.areas.length > 0 ? 'Plan its area anew' : 'Draw its way as a line';
  const lines =
    anew > 0
      ? ` ${plural(anew, 'action')} on the lines of its surveys ${anew === 1 ? 'is' : 'are'} planned anew.`
      : '';
  const heights = drawn.areas.length > 0 ? '' : ' All of it is flown at one height.';
  return h(
    'div',
    { class: 'plan-tools' },
    button({ label: what, press: edit }),
    h(
      'span',
      { class: 'quiet-text' },
      `What is done at waypoints is kept where they remain.${lines}${heights}`,
    ),
  );
}

/** Hand a file to the browser. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = h('a', { attrs: { href: url, download: name } });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
