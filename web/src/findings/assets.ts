/** What is inspected: towers, spans, elements of a bridge; what each is part of, and the photos that show it. */
import { fill, h } from '../dom/h';
import { failure } from '../dom/parts';
import { Images } from '../photos/held';
import { plural } from '../text/words';
import * as api from './api';
import { field, select } from './form';
import { findingsAddress, photoAddress } from './parts';

/** Of one asset: more are counted and not drawn. */
const MOST_SHOWN = 24;

export function assetsPart(assets: readonly api.Asset[], changed: () => void): HTMLElement {
  const places = new Map<string, HTMLElement[]>();
  const images = new Images((id) => {
    const address = images.address(id);
    for (const place of places.get(id) ?? [])
      if (address) fill(place, h('img', { attrs: { src: address, alt: '' } }));
  });
  const photo = (id: string) => {
    const link = h(
      'a',
      { class: 'asset-photo', attrs: { href: photoAddress(id), 'aria-label': 'A photo that shows it' } },
      h('span', { class: 'no-image' }, 'No preview'),
    );
    places.set(id, [...(places.get(id) ?? []), link]);
    return link;
  };
  const rows = ordered(assets).map(([each, depth]) => row(each, depth, photo));
  images.want([...places.keys()]);
  return h(
    'div',
    { class: 'assets' },
    assets.length === 0 ? h('p', { class: 'quiet-text' }, 'There are no assets yet.') : null,
    h('ul', { class: 'asset-rows' }, ...rows),
    newAsset(assets, changed),
  );
}

function row(of: api.Asset, depth: number, photo: (id: string) => HTMLElement): HTMLElement {
  const query = new URLSearchParams({ asset: of.name });
  const more = of.photos.length - MOST_SHOWN;
  return h(
    'li',
    { class: `depth-${Math.min(depth, 4)}`, data: { asset: of.name } },
    h(
      'div',
      { class: 'asset-name' },
      h('strong', {}, of.name),
      h(
        'span',
        { class: 'second' },
        [of.type, of.part_of && `part of ${of.part_of}`].filter(Boolean).join(', '),
      ),
      h('a', { attrs: { href: findingsAddress(query) } }, plural(of.findings.length, 'finding')),
    ),
    of.photos.length > 0
      ? h('div', { class: 'asset-photos' }, ...of.photos.slice(0, MOST_SHOWN).map(photo))
      : null,
    more > 0 ? h('span', { class: 'second' }, `and ${plural(more, 'photo')} more`) : null,
  );
}

/** Assets with their parts below them, and how deep each lies. */
export function ordered(assets: readonly api.Asset[]): [api.Asset, number][] {
  const names = new Set(assets.map(({ name }) => name));
  const below = (parent: string | null, depth: number): [api.Asset, number][] =>
    assets
      .filter(({ part_of }) => (part_of && names.has(part_of) ? part_of : null) === parent)
      .flatMap((each) => [[each, depth] as [api.Asset, number], ...below(each.name, depth + 1)]);
  return below(null, 0);
}

function newAsset(assets: readonly api.Asset[], changed: () => void): HTMLElement {
  const name = h('input', { attrs: { type: 'text', name: 'asset-name', required: true, maxlength: 200 } });
  const type = h('input', {
    attrs: { type: 'text', name: 'asset-type', maxlength: 200, list: 'asset-types' },
  });
  const known = ['tower', 'span', 'bridge element', ...assets.flatMap((each) => each.type ?? [])];
  const partOf = select(
    'asset-part',
    [['', 'nothing'], ...assets.map((each) => [each.name, each.name] as const)],
    '',
  );
  const trouble = h('div', { class: 'form-trouble' });
  const form = h(
    'form',
    { class: 'finding-form', attrs: { 'aria-label': 'New asset' } },
    h('h2', {}, 'New asset'),
    field('Name', name),
    h('div', { class: 'form-pair' }, field('Type', type), field('Part of', partOf)),
    h(
      'datalist',
      { attrs: { id: 'asset-types' } },
      ...[...new Set(known)].map((value) => h('option', { attrs: { value } })),
    ),
    trouble,
    h(
      'div',
      { class: 'form-buttons' },
      h('button', { class: 'button primary', attrs: { type: 'submit' } }, 'Add'),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void api
      .addAsset({ name: name.value.trim(), type: type.value.trim(), part_of: partOf.value })
      .then(changed)
      .catch((error: unknown) => fill(trouble, failure(error)));
  });
  return form;
}
