/** A prescription: what the machine can do, zones with rates, and the files; or what evidence is missing. */
import { fill, h } from '../dom/h';
import { button, facts, failure, message, section } from '../dom/parts';
import * as api from './api';
import { isRate, notEnough } from './evidence';
import { colourOf } from './layer';
import type { Look } from './look';
import type { Nitrogen } from './nitrogen';
import { figures, input, labelled, list, numberInput, select, setOptions, typed } from './parts';
import type { Bill, Choices, FieldPage, Made, Patch, Zone } from './types';

const MODEL = 'model';
const DRAWN = 'drawn';
const TYPED = 'typed';
const FORMATS: [string, string][] = [
  ['isoxml', 'ISOXML, for the terminal'],
  ['shapefile', 'Shapefile'],
  ['geojson', 'GeoJSON'],
  ['geotiff', 'GeoTIFF'],
  ['pdf', 'PDF, for the grower'],
  ['json', 'JSON'],
];
const WITHOUT_RATES = new Set(['pdf', 'json']);

export interface PrescriptionListener {
  made(made: Made | null): void;
  taken(): void;
}

export class Prescription {
  readonly element: HTMLElement;
  private made: Made | null = null;
  /** What the prescription that is shown was asked with: that one is taken away, whatever was typed since. */
  private shown: Record<string, unknown> | null = null;
  private patches: readonly Patch[] = [];
  private readonly from = select('from', []);
  private readonly rates = input('rates', 'text', { placeholder: '60,40,20', maxlength: 100 });
  private readonly ratesLabel = labelled('Rates, the weakest class first', this.rates, 'kg N/ha');
  private readonly product: HTMLSelectElement;
  private readonly numbers = {
    width: numberInput('width'),
    least_area: numberInput('least_area'),
    price: numberInput('price'),
    flat: numberInput('flat'),
  };
  private readonly limits = {
    step: numberInput('step'),
    least: numberInput('least'),
    most: numberInput('most'),
    cap: numberInput('rx_cap'),
  };
  private readonly capSource = input('rx_cap_source', 'text', { maxlength: 200 });
  private readonly format = select('format', FORMATS);
  private readonly version = select('isoxml_version', [
    ['4.3', '4.3'],
    ['3.3', '3.3'],
  ]);
  private readonly gridType = select('grid_type', [
    ['2', '2, rates'],
    ['1', '1, zones'],
  ]);
  private readonly profile = select('profile', [
    ['generic', 'Generic'],
    ['john-deere', 'John Deere'],
    ['trimble', 'Trimble'],
  ]);
  private readonly isoxml = h('div', { class: 'crop-fields' });
  private readonly shapefile = h('div', { class: 'crop-fields' });
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });
  private readonly result = h('div', { class: 'crop-result' });
  private readonly files = h('div', { class: 'crop-files' });

  constructor(
    private readonly field: FieldPage,
    choices: Choices,
    private readonly look: Look,
    private readonly nitrogen: Nitrogen,
    private readonly listener: PrescriptionListener,
  ) {
    this.product = select('product', [
      ['', 'nitrogen itself'],
      ...choices.products.map((each): [string, string] => [each.name, each.title]),
    ]);
    fill(this.isoxml, labelled('Version', this.version), labelled('Grid type', this.gridType));
    fill(this.shapefile, labelled('Profile', this.profile));
    this.from.addEventListener('change', () => this.tell());
    this.format.addEventListener('change', () => this.tell());
    this.element = section(
      'Prescription',
      h('div', { class: 'crop-fields wide' }, labelled('Rates from', this.from), this.ratesLabel),
      this.machine(),
      h(
        'div',
        { class: 'crop-tools' },
        button({
          label: 'Make prescription',
          kind: 'primary',
          id: 'crop-make',
          press: () => void this.make(),
        }),
      ),
      this.trouble,
      this.result,
      this.layOutFiles(),
    );
    this.use(field.patches);
  }

  use(patches: readonly Patch[]): void {
    this.patches = patches;
    const options: [string, string][] = [[MODEL, 'the model above']];
    if (this.patches.some((each) => each.kind === 'zone')) options.push([DRAWN, 'zones drawn in this field']);
    options.push([TYPED, 'classes of the index, typed by me']);
    setOptions(this.from, options);
    this.tell();
  }

  forget(): void {
    this.made = null;
    this.shown = null;
    fill(this.result);
    fill(this.trouble);
    this.files.hidden = true;
    this.listener.made(null);
  }

  private machine(): HTMLElement {
    const { width, least_area, price, flat } = this.numbers;
    const { step, least, most, cap } = this.limits;
    return h(
      'div',
      { class: 'crop-machine' },
      h(
        'div',
        { class: 'crop-fields' },
        labelled('Product', this.product),
        labelled('Working width', width, 'm'),
        labelled('Step', step, 'kg or l/ha'),
        labelled('Smallest piece', least_area, 'ha'),
      ),
      h(
        'details',
        {},
        h('summary', {}, 'Limits and prices'),
        h(
          'div',
          { class: 'crop-fields' },
          labelled('Least', least, 'kg or l/ha'),
          labelled('Most', most, 'kg or l/ha'),
          labelled('Cap', cap, 'kg N/ha'),
          labelled('Cap by', this.capSource),
          labelled('Price of a kg or l', price),
          labelled('Flat rate to compare', flat, 'kg N/ha'),
        ),
      ),
    );
  }

  private layOutFiles(): HTMLElement {
    this.files.hidden = true;
    fill(
      this.files,
      h(
        'div',
        { class: 'crop-tools crop-export' },
        this.format,
        button({
          label: 'Download',
          icon: 'download',
          kind: 'primary',
          id: 'crop-download',
          press: () => void this.take(),
        }),
        button({ label: 'Print', press: () => window.print() }),
      ),
      this.isoxml,
      this.shapefile,
    );
    this.format.setAttribute('aria-label', 'Format');
    return this.files;
  }

  private tell(): void {
    this.ratesLabel.hidden = this.from.value !== TYPED;
    this.isoxml.hidden = this.format.value !== 'isoxml';
    this.shapefile.hidden = this.format.value !== 'shapefile';
  }

  private asked(): Record<string, unknown> | null {
    const { image, index } = this.look;
    if (!image) return null;
    const limits: Record<string, number | string> = { cap_source: this.capSource.value.trim() };
    for (const [name, control] of Object.entries(this.limits)) {
      const value = typed(control);
      if (value !== undefined) limits[name] = value;
    }
    const asked: Record<string, unknown> = { image: image.id, index, name: this.field.name, limits };
    asked['product'] = this.product.value;
    for (const [name, control] of Object.entries(this.numbers)) {
      const value = typed(control);
      if (value !== undefined) asked[name] = value;
    }
    return { ...asked, ...this.source() };
  }

  private source(): Record<string, unknown> {
    if (this.from.value === DRAWN) return { zones_drawn: true };
    if (this.from.value === TYPED) {
      const rates = this.rates.value.split(',').map((each) => Number(each.trim()));
      return { rates: rates.filter((each) => Number.isFinite(each)) };
    }
    const { answer } = this.nitrogen;
    return { rate: answer && isRate(answer) ? answer.rate : '' };
  }

  private async make(): Promise<void> {
    const asked = this.asked();
    if (!asked) return;
    fill(this.trouble);
    try {
      this.made = await api.prescription(asked);
      this.shown = asked;
      fill(this.result, described(this.made));
      this.files.hidden = false;
      setOptions(
        this.format,
        this.made.outlines ? FORMATS : FORMATS.filter(([name]) => WITHOUT_RATES.has(name)),
      );
      this.tell();
      this.listener.made(this.made);
    } catch (error) {
      this.forget();
      fill(this.trouble, failure(error));
    }
  }

  private async take(): Promise<void> {
    const prescription = this.shown;
    if (!prescription) return;
    const asked = {
      prescription,
      to: this.format.value,
      isoxml_version: this.version.value,
      grid_type: Number(this.gridType.value),
      profile: this.profile.value,
    };
    try {
      const { blob, name } = await api.prescriptionFile(asked);
      api.save(blob, name);
      fill(this.trouble, message('ok', `${name} was handed to the browser.`));
      this.listener.taken();
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }
}

/** Zones, amounts, what they rest on; or what is missing. */
export function described(made: Made): HTMLElement {
  if (!made.zones || !made.evidence) {
    return notEnough({
      what: made.what ?? '',
      would_help: made.would_help ?? [],
      sources: made.sources ?? [],
    });
  }
  const { evidence } = made;
  return h(
    'div',
    {},
    zoneTable(made.zones, made.unit ?? '', made.stops ?? []),
    facts(
      ['Nitrogen in all', `${figures(made.made?.given_kg)} kg`],
      [
        'Without a value',
        made.made?.without_ha ? `${figures(made.made.without_ha)} ha: nothing is spread there` : '',
      ],
      ...(made.bill ? billed(made.bill) : []),
      ['Rests on', evidence.said],
      ['Confidence', evidence.confidence],
    ),
    evidence.notes.length > 0 ? list(evidence.notes, 'crop-notes') : null,
    evidence.missing ? notEnough(evidence.missing) : null,
  );
}

function zoneTable(zones: readonly Zone[], unit: string, stops: readonly string[]): HTMLElement {
  const rates = zones.map((each) => each.rate);
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const row = (zone: Zone) =>
    h(
      'tr',
      {},
      h('td', {}, swatch(colourOf(zone.rate, low, high, stops)), String(zone.code)),
      h('td', {}, figures(zone.rate)),
      h('td', {}, figures(zone.nitrogen_kg_ha)),
      h('td', {}, figures(zone.area_ha)),
      h('td', {}, zone.said),
    );
  const heads = ['Zone', `Rate, ${unit}`, 'kg N/ha', 'ha', 'What'];
  return h(
    'table',
    { class: 'crop-zones' },
    h('thead', {}, h('tr', {}, ...heads.map((each) => h('th', { attrs: { scope: 'col' } }, each)))),
    h('tbody', {}, ...zones.map(row)),
  );
}

/** A square of a colour, as an image: no element here has a style of its own. */
function swatch(colour: string): SVGSVGElement {
  const square = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  square.setAttribute('class', 'crop-swatch');
  square.setAttribute('aria-hidden', 'true');
  const all = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', colour],
  ] as const) {
    all.setAttribute(name, value);
  }
  square.append(all);
  return square;
}

function billed(bill: Bill): [string, string][] {
  const between = bill.saving_interval;
  const ends = between
    ? ` (${figures(between.low)} to ${figures(between.high)}, ${Math.round(between.level * 100)} %)`
    : '; the model gives no interval';
  return [
    ['Product', `${figures(bill.amount)} ${bill.unit} of ${bill.product}`],
    ['Cost', bill.cost === null ? '' : figures(bill.cost)],
    ['Saved against flat', bill.saving === null ? '' : `${figures(bill.saving)}${ends}`],
  ];
}
