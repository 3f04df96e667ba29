/** Strips that got more nitrogen than the crop can use, and zones with a rate of their own: drawn in the field. */
import { fill, h } from '../dom/h';
import { button, failure, message, section } from '../dom/parts';
import * as api from './api';
import type { Boundary } from './boundary';
import { input, labelled, numberInput, select, typed } from './parts';
import type { FieldPage, Patch } from './types';

export class Patches {
  readonly element: HTMLElement;
  private readonly listed = h('ul', { class: 'crop-patches' });
  private readonly place = h('div', {});
  private readonly kind = select('patch_kind', [
    ['strip', 'N-rich strip'],
    ['zone', 'Zone'],
  ]);
  private readonly name = input('patch_name', 'text', { maxlength: 200 });
  private readonly rate = numberInput('patch_rate', { max: 1000 });
  private readonly rateLabel = labelled('Rate', this.rate, 'kg N/ha');
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly add = button({ label: 'Draw a strip or a zone', press: () => this.open() });

  constructor(
    private field: FieldPage,
    private readonly boundary: Boundary,
    private readonly changed: (field: FieldPage) => void,
  ) {
    this.kind.addEventListener('change', () => this.tell());
    this.element = section(
      'Strips and zones',
      this.listed,
      h('div', { class: 'crop-tools' }, this.add),
      this.place,
      this.trouble,
    );
    this.use(field);
    this.tell();
  }

  use(field: FieldPage): void {
    this.field = field;
    fill(this.listed, ...field.patches.map((each) => this.row(each)));
  }

  private row(patch: Patch): HTMLElement {
    const rate = patch.rate_kg_ha === null ? '' : `, ${patch.rate_kg_ha} kg N/ha`;
    const drop = h(
      'button',
      {
        class: 'button quiet crop-drop',
        attrs: { type: 'button', 'aria-label': `Take back ${patch.name}` },
        onclick: () => void this.drop(patch),
      },
      '×',
    );
    return h(
      'li',
      {},
      h('span', {}, `${patch.name}: ${patch.kind === 'strip' ? 'N-rich strip' : 'zone'}${rate}`),
      drop,
    );
  }

  private open(): void {
    this.add.hidden = true;
    fill(
      this.place,
      h(
        'div',
        { class: 'crop-form' },
        h(
          'div',
          { class: 'crop-fields' },
          labelled('Kind', this.kind),
          labelled('Name', this.name),
          this.rateLabel,
        ),
        this.boundary.open([], false),
        h(
          'div',
          { class: 'crop-tools' },
          button({ label: 'Keep', kind: 'primary', id: 'crop-keep-patch', press: () => void this.keep() }),
          button({ label: 'Cancel', kind: 'quiet', press: () => this.close() }),
        ),
      ),
    );
  }

  private close(): void {
    this.boundary.close();
    this.add.hidden = false;
    fill(this.place);
  }

  private tell(): void {
    this.rateLabel.hidden = this.kind.value === 'strip';
  }

  private async keep(): Promise<void> {
    const areas = this.boundary.areas();
    const [kind, rate] = [this.kind.value, typed(this.rate)];
    if (areas.length === 0 || (kind === 'zone' && rate === undefined)) {
      fill(this.trouble, message('warn', 'It has an area, and a zone has a rate.'));
      return;
    }
    const name = this.name.value.trim() || (kind === 'strip' ? 'Strip' : 'Zone');
    try {
      const said = { kind, name, areas, ...(kind === 'zone' ? { rate_kg_ha: rate } : {}) };
      const field = await api.addPatch(this.field.id, said);
      this.close();
      fill(this.trouble);
      this.changed(field);
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private async drop(patch: Patch): Promise<void> {
    try {
      await api.dropRecord(patch.id);
      this.changed(await api.field(this.field.id));
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }
}
