/** Images of a field: sent, with the day they were taken and what their bands are. */
import { fill, h } from '../dom/h';
import { button, failure, message } from '../dom/parts';
import * as api from './api';
import { input, labelled, numberInput, typed } from './parts';
import type { FieldPage, ImageLook } from './types';

export function imageForm(field: FieldPage, sent: (image: ImageLook) => void): HTMLElement {
  const file = h('input', {
    attrs: { type: 'file', accept: '.tif,.tiff', name: 'image', 'aria-label': 'GeoTIFF' },
  });
  const taken = input('taken', 'date');
  const bands = input('bands', 'text', { maxlength: 200, placeholder: 'red=3,nir=5' });
  const scale = numberInput('scale', { placeholder: '0.0001' });
  const reflectance = input('reflectance', 'checkbox');
  const corners = input('corners', 'text', {
    maxlength: 400,
    placeholder: 'LON,LAT;LON,LAT;LON,LAT;LON,LAT',
  });
  const trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  const send = button({ label: 'Add image', kind: 'primary', icon: 'upload', press: () => void sendIt() });
  const sendIt = async () => {
    const it = file.files?.[0];
    if (!it || !taken.value) {
      fill(trouble, message('warn', 'An image has a file and the day on which it was taken.'));
      return;
    }
    const said: Record<string, string> = { field: field.id, taken: taken.value };
    if (bands.value.trim()) said['bands'] = bands.value.trim();
    if (reflectance.checked) said['reflectance'] = 'true';
    if (typed(scale)) said['scale'] = String(typed(scale));
    if (corners.value.trim()) said['corners'] = corners.value.trim();
    send.disabled = true;
    fill(trouble, message('info', `${it.name} is being sent…`));
    try {
      const seen = await api.sendImage(it, said);
      fill(trouble);
      file.value = '';
      sent(seen);
    } catch (error) {
      fill(trouble, failure(error));
    } finally {
      send.disabled = false;
    }
  };
  return h(
    'div',
    { class: 'crop-form' },
    labelled('GeoTIFF: an orthomosaic, or one calibrated capture', file),
    h(
      'div',
      { class: 'crop-fields' },
      labelled('Taken on', taken),
      labelled('Bands, if the file does not say', bands),
    ),
    h(
      'details',
      {},
      h('summary', {}, 'Reflectance, scale, corners'),
      labelled('Its numbers are reflectance, made with a panel', reflectance),
      h(
        'div',
        { class: 'crop-fields wide' },
        labelled('Reflectance is the number times', scale),
        labelled(
          'Corners, if the file does not say where it lies: upper left first, then clockwise',
          corners,
        ),
      ),
    ),
    h('div', { class: 'crop-tools' }, send),
    trouble,
  );
}

/** What an image is, in a few words. */
export function imageWords(image: ImageLook): string {
  const size = `${image.columns.toLocaleString('en-US')} × ${image.rows.toLocaleString('en-US')} px of ${(image.pixel_m * 100).toFixed(1)} cm`;
  return `${image.file}: ${size}; ${image.says}`;
}
