/** One finding: what is said of it now, who said what before, and a form to say more. */
import { fill, h } from '../dom/h';
import { button, section } from '../dom/parts';
import * as api from './api';
import { findingForm } from './form';
import { findingFacts, historyList, photoAddress, severityBadge, statusBadge } from './parts';

export function onePart(
  one: api.FindingHistory,
  assets: readonly api.Asset[],
  types: readonly string[],
  back: string,
  changed: () => void,
): HTMLElement {
  const place = h('div', { class: 'one-place' });
  const show = () =>
    fill(
      place,
      findingFacts(one),
      h(
        'div',
        { class: 'form-buttons' },
        button({ label: 'Change it', kind: 'primary', id: 'change-finding', press: change }),
        h('a', { class: 'button', attrs: { href: photoAddress(one.photo, one.id) } }, 'Show it in the photo'),
      ),
    );
  const change = () =>
    fill(
      place,
      findingForm(one, assets, types, {
        save: async (said) => {
          await api.editFinding(one.id, said);
          changed();
        },
        cancel: show,
      }),
    );
  show();
  return h(
    'article',
    { class: 'one-finding', data: { finding: one.id } },
    h('a', { attrs: { href: back } }, 'All findings'),
    h('h2', {}, one.type),
    h('div', { class: 'badges' }, severityBadge(one), statusBadge(one)),
    place,
    section('Who said what', historyList(one.history)),
    h(
      'p',
      { class: 'quiet-text' },
      'A finding is not deleted: one that was none is dismissed, and stays here.',
    ),
  );
}
