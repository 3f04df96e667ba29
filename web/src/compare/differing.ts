/** The section of parameters that differ. */
import { fill, h } from '../dom/h';
import { section } from '../dom/parts';
import { valueText } from '../flight/log';
import { count } from '../text/units';
import { plural } from '../text/words';
import { LEAST } from './ids';
import { type ParametersCompared, parametersOf } from './parameters';
import type { Compared } from './read';
import { NOT_RECORDED } from './rows';
import { mark } from './table';

const SHOWN = 300;

export function differing(all: readonly Compared[]): HTMLElement {
  const found = parametersOf(all.map(({ parameters }) => parameters));
  const stating = found.stated.filter(Boolean).length;
  if (stating < LEAST) {
    const what =
      stating === 0 ? 'None of these flights states any.' : 'Only one of these flights states any.';
    return section('Parameters that differ', h('p', { class: 'quiet-text' }, what));
  }
  const said = `${plural(found.differing.length, 'parameter')} of those that two or more state differ${found.differing.length === 1 ? 's' : ''}; ${count(found.alike)} ${found.alike === 1 ? 'is' : 'are'} alike.`;
  const told = h('p', { class: 'quiet-text' }, said);
  return section('Parameters that differ', told, ...(found.differing.length > 0 ? list(found) : []));
}

function list({ differing: all, stated }: ParametersCompared): HTMLElement[] {
  const body = h('tbody');
  const more = h('p', { class: 'quiet-text', attrs: { role: 'status' } });
  const draw = (text: string) => {
    const wanted = all.filter(({ name }) => name.toLowerCase().includes(text.trim().toLowerCase()));
    const rows = wanted.slice(0, SHOWN).map(({ name, values }) => {
      const cells = values.map((value) =>
        value === undefined
          ? h('td', { class: 'not-recorded' }, NOT_RECORDED)
          : h('td', {}, valueText(value)),
      );
      return h('tr', {}, h('th', { attrs: { scope: 'row' } }, h('code', {}, name)), ...cells);
    });
    fill(body, ...rows);
    more.textContent =
      wanted.length > SHOWN ? `and ${count(wanted.length - SHOWN)} more: type to find them` : '';
  };
  draw('');
  const label = 'Find a parameter that differs';
  const find = h('input', {
    class: 'finder',
    attrs: { type: 'search', 'aria-label': label, placeholder: label },
    oninput: () => draw(find.value),
  });
  const heads = stated.map((_, i) => h('th', { attrs: { scope: 'col' } }, mark(i)));
  const head = h('tr', {}, h('th', { attrs: { scope: 'col' } }, 'Parameter'), ...heads);
  const attrs = { 'aria-label': 'Parameters that differ' };
  const table = h('table', { class: 'parameters', attrs }, h('thead', {}, head), body);
  const scroll = { role: 'region', 'aria-label': 'Parameters that differ', tabindex: 0 };
  return [find, h('div', { class: 'compare-scroll', attrs: scroll }, table), more];
}
