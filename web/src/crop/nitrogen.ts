/** Asking how much nitrogen: a model, what it needs, and its answer or what it lacks. */
import { fill, h } from '../dom/h';
import { button, failure, section } from '../dom/parts';
import * as api from './api';
import { answerBox } from './evidence';
import type { Look } from './look';
import { fileButton, input, labelled, numberInput, select, typed } from './parts';
import type { Choices, Need, Patch, RateAnswer } from './types';

const TRIAL = 'eonr';
/** Inputs that the mean of an N-rich strip gives. */
const RICH = new Set(['ndvi_rich', 'index_reference']);

export class Nitrogen {
  readonly element: HTMLElement;
  answer: RateAnswer | null = null;
  private patches: readonly Patch[] = [];
  private table = '';
  private readonly model: HTMLSelectElement;
  private readonly needs = h('div', { class: 'crop-fields' });
  private readonly controls = new Map<string, HTMLInputElement>();
  private readonly priceN = numberInput('price_nitrogen');
  private readonly priceY = numberInput('price_yield');
  private readonly cap = numberInput('cap');
  private readonly capSource = input('cap_source', 'text', { maxlength: 200 });
  private readonly tableName = h('span', { class: 'quiet-text' });
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly result = h('div', { class: 'crop-result', attrs: { 'aria-live': 'polite' } });

  constructor(
    private readonly choices: Choices,
    private readonly look: Look,
    private readonly answered: (answer: RateAnswer) => void,
  ) {
    this.model = select('model', [
      ['', 'none yet: what would be needed?'],
      ...choices.models.map((each): [string, string] => [each.name, each.title]),
      [TRIAL, 'economic optimum of a trial in this field'],
    ]);
    this.model.addEventListener('change', () => this.drawNeeds());
    this.element = section(
      'Nitrogen',
      h('div', { class: 'crop-fields wide' }, labelled('Model', this.model)),
      this.needs,
      h(
        'div',
        { class: 'crop-fields' },
        labelled('Cap', this.cap, 'kg N/ha'),
        labelled('Cap by', this.capSource),
      ),
      h(
        'div',
        { class: 'crop-tools' },
        button({ label: 'How much?', kind: 'primary', id: 'crop-ask', press: () => void this.ask() }),
      ),
      this.trouble,
      this.result,
    );
    this.drawNeeds();
  }

  use(patches: readonly Patch[]): void {
    this.patches = patches;
    this.drawNeeds();
  }

  /** Another image or index: what was said holds no more. */
  forget(): void {
    this.answer = null;
    fill(this.result);
  }

  private drawNeeds(): void {
    this.controls.clear();
    this.table = '';
    this.tableName.textContent = '';
    const model = this.choices.models.find((each) => each.name === this.model.value);
    const asked = (model?.needs ?? []).filter((need) => need.name !== model?.per_pixel);
    const strips = this.patches.filter((each) => each.kind === 'strip');
    fill(
      this.needs,
      ...asked.map((need) => this.need(need)),
      ...(asked.some((need) => RICH.has(need.name)) ? strips.map((strip) => this.ofStrip(strip)) : []),
      ...(model?.table ? [this.tableButton('Plots: index, biomass_t_ha, n_percent')] : []),
      ...(this.model.value === TRIAL ? this.trial() : []),
    );
    if (model?.per_pixel) {
      this.needs.append(
        h(
          'p',
          { class: 'quiet-text crop-whole' },
          `${model.per_pixel} comes from the map: a rate for each pixel.`,
        ),
      );
    }
  }

  private need(need: Need): HTMLElement {
    const control = need.unit ? numberInput(need.name) : input(need.name, 'text', { maxlength: 200 });
    control.title = need.what;
    this.controls.set(need.name, control);
    const unit = need.unit === '1' ? '' : need.unit;
    return labelled(`${need.what}${need.optional ? ' (may be left out)' : ''}`, control, unit);
  }

  private ofStrip(strip: Patch): HTMLElement {
    const press = async () => {
      const { image, index } = this.look;
      if (!image) return;
      try {
        const { mean } = await api.patchMean(image.id, strip.id, index);
        for (const name of RICH) {
          const control = this.controls.get(name);
          if (control && mean !== null) control.value = mean.toFixed(4);
        }
        const kind = this.controls.get('reference');
        if (kind) kind.value = 'strip';
      } catch (error) {
        fill(this.trouble, failure(error));
      }
    };
    return h(
      'div',
      { class: 'crop-whole' },
      button({ label: `Take the mean of the strip ${strip.name}`, press: () => void press() }),
    );
  }

  private trial(): HTMLElement[] {
    return [
      this.tableButton('Trial: columns nitrogen, yield'),
      labelled('Price of a kg of nitrogen', this.priceN),
      labelled('Price of a unit of yield', this.priceY),
    ];
  }

  private tableButton(label: string): HTMLElement {
    const chosen = async (file: File) => {
      this.table = await file.text();
      this.tableName.textContent = file.name;
    };
    return h(
      'div',
      { class: 'crop-whole crop-tools' },
      fileButton(label, '.csv,.txt,.tsv', (f) => void chosen(f)),
      this.tableName,
    );
  }

  private async ask(): Promise<void> {
    const { image, index } = this.look;
    if (!image) return;
    const inputs: Record<string, number | string> = {};
    for (const [name, control] of this.controls) {
      const value = control.type === 'number' ? typed(control) : control.value.trim();
      if (value !== undefined && value !== '') inputs[name] = value;
    }
    const asked: Record<string, unknown> = {
      image: image.id,
      index,
      model: this.model.value,
      inputs,
      table: this.table,
    };
    const numbers = { price_nitrogen: this.priceN, price_yield: this.priceY, cap: this.cap };
    for (const [name, control] of Object.entries(numbers)) {
      if (typed(control) !== undefined) asked[name] = typed(control);
    }
    asked['cap_source'] = this.capSource.value.trim();
    fill(this.trouble);
    try {
      this.answer = await api.rate(asked);
      fill(
        this.result,
        h('p', { class: 'quiet-text' }, `Of ${index.toUpperCase()}, ${image.taken}.`),
        answerBox(this.answer),
      );
      this.answered(this.answer);
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }
}
