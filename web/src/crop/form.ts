/** A field that is stated: its name, its boundary, what grows there and since when. */
import type { LonLat } from '../api/types';
import { fill, h } from '../dom/h';
import { button, failure, message } from '../dom/parts';
import * as api from './api';
import type { Boundary } from './boundary';
import { input, labelled, select } from './parts';
import type { FieldPage } from './types';

export interface FormListener {
  kept(field: FieldPage): void;
  given(): void;
}

/** A form for a new field, or for what is new about one. */
export function fieldForm(boundary: Boundary, known: FieldPage | null, listener: FormListener): HTMLElement {
  const name = input('name', 'text', { maxlength: 200, required: 'required' });
  const crop = input('crop', 'text', { maxlength: 200, placeholder: 'winter wheat' });
  const cultivar = input('cultivar', 'text', { maxlength: 200 });
  const began = select('began_with', [
    ['sown', 'Sown'],
    ['bud break', 'Bud break'],
  ]);
  const begun = input('begun', 'date');
  const trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  if (known) {
    name.value = known.name;
    name.readOnly = true;
    crop.value = known.crop ?? '';
    cultivar.value = known.cultivar ?? '';
    begun.value = known.begun ?? '';
    began.value = known.began_with || 'sown';
  }
  const areas = known ? (known.boundary.coordinates as LonLat[][][]).map(unclosed) : [];
  const said = () => ({
    name: name.value.trim(),
    crop: crop.value.trim(),
    cultivar: cultivar.value.trim(),
    ...(begun.value ? { begun: begun.value, began_with: began.value } : {}),
    areas: boundary.areas(),
  });
  const keep = async () => {
    if (!name.value.trim() || boundary.areas().length === 0) {
      fill(trouble, message('warn', 'A field has a name and a boundary.', 'Draw it, or import a file.'));
      return;
    }
    try {
      listener.kept(await api.stateField(said()));
    } catch (error) {
      fill(trouble, failure(error));
    }
  };
  return h(
    'form',
    {
      class: 'crop-form',
      onsubmit: (event) => {
        event.preventDefault();
        void keep();
      },
    },
    h('div', { class: 'crop-fields wide' }, labelled('Name', name)),
    boundary.open(areas, true),
    h('div', { class: 'crop-fields' }, labelled('Crop', crop), labelled('Cultivar', cultivar)),
    h('div', { class: 'crop-fields' }, labelled('Season began', began), labelled('On', begun)),
    h(
      'div',
      { class: 'crop-tools' },
      h('button', { class: 'button primary', attrs: { type: 'submit' } }, 'Keep field'),
      button({ label: 'Cancel', kind: 'quiet', press: listener.given }),
    ),
    trouble,
  );
}

function unclosed(rings: LonLat[][]): LonLat[][] {
  return rings.map((ring) => ring.slice(0, -1));
}
