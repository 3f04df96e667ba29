/** Small parts that every view uses, so that each looks and speaks alike everywhere. */
import { RequestFailed } from '../api/client';
import type { Quantity } from '../text/units';
import { UNKNOWN } from '../text/units';
import type { Badge, StateWords, Tone } from '../text/words';
import { type Child, h, icon } from './h';
import { ICONS } from './icons';

export function badge({ label, tone, title }: Badge): HTMLElement {
  return h('span', { class: `badge tone-${tone}`, attrs: { title } }, label);
}

export function stateBadge(words: StateWords): HTMLElement {
  return badge({ label: words.label, tone: words.tone, title: words.meaning });
}

/** A number with its unit set smaller behind it. */
export function quantity(value: Quantity | null): HTMLElement {
  if (value === null) return h('span', { class: 'quantity unknown', attrs: { title: 'Unknown' } }, UNKNOWN);
  return h('span', { class: 'quantity' }, value.value, h('span', { class: 'unit' }, `\u00a0${value.unit}`));
}

export interface ButtonOptions {
  label: string;
  icon?: keyof typeof ICONS;
  kind?: 'primary' | 'quiet' | 'bar';
  iconOnly?: boolean;
  id?: string;
  press?: () => void;
}

export function button({ label, icon: name, kind, iconOnly, id, press }: ButtonOptions): HTMLButtonElement {
  const attrs = { type: 'button', id, title: iconOnly ? label : null, 'aria-label': label };
  const content: Child[] = [name ? icon(ICONS[name]) : null, iconOnly ? null : h('span', {}, label)];
  const classes = `button ${kind ?? ''} ${iconOnly ? 'icon-only' : ''}`.trim();
  return h('button', { class: classes, attrs, ...(press ? { onclick: press } : {}) }, ...content);
}

/** A box that says what happened and what to try. */
export function message(tone: Tone, what: string, tryThis = ''): HTMLElement {
  const attrs = { role: tone === 'bad' ? 'alert' : 'status' };
  return h(
    'div',
    { class: `message tone-${tone}`, attrs },
    h('p', {}, what),
    tryThis ? h('p', { class: 'try' }, tryThis) : null,
  );
}

export function failure(error: unknown): HTMLElement {
  if (error instanceof RequestFailed) return message('bad', error.what, error.tryThis);
  return message('bad', 'Something in this page went wrong.', error instanceof Error ? error.message : '');
}

/** A set of choices of which one holds, as pressed buttons in one frame. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  chosen: T,
  pick: (value: T) => void,
): HTMLElement {
  const group = h('div', { class: 'choice', attrs: { role: 'group', 'aria-label': label } });
  for (const [value, text] of options) {
    const attrs = { type: 'button', 'aria-pressed': value === chosen ? 'true' : 'false' };
    const press = () => {
      for (const other of group.children) other.setAttribute('aria-pressed', String(other === one));
      pick(value);
    };
    const one = h('button', { attrs, onclick: press }, text);
    group.append(one);
  }
  return group;
}

export function section(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'section' }, h('h2', {}, title), ...children);
}

/** Facts as pairs; pairs whose value is empty are left out. */
export function facts(...pairs: [name: string, value: Child][]): HTMLElement {
  const known = pairs.filter(
    ([, value]) => value !== null && value !== '' && value !== undefined && value !== false,
  );
  return h(
    'dl',
    { class: 'facts' },
    ...known.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** A digest, short to read and whole to copy. */
export function digest(sha256: string): HTMLElement {
  return h('code', { class: 'digest', attrs: { title: `SHA-256 ${sha256}` } }, `${sha256.slice(0, 12)}…`);
}
