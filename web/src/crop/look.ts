/** One image on the map: an index or rates in colours, with legend, histogram, opacity, and another day to compare. */
import { fill, h } from '../dom/h';
import { choice, failure, section } from '../dom/parts';
import * as api from './api';
import { imageWords } from './images';
import type { CropLayer } from './layer';
import { labelled, legend, select, setOptions } from './parts';
import type { Choices, FieldImage, ImageLook, Layer, RateAnswer } from './types';

const IMAGE = 'image';
const RATE = 'rate';
const ZONES = 'zones';

export interface LookListener {
  /** Another image. */
  changed(): void;
}

/** The colours of two days are only to be compared by one scale. */
export function scaleOf(layers: readonly Layer[]): { low: number; high: number } {
  return {
    low: Math.min(...layers.map((each) => each.low)),
    high: Math.max(...layers.map((each) => each.high)),
  };
}

export class Look {
  readonly element: HTMLElement;
  image: ImageLook | null = null;
  private other: ImageLook | null = null;
  private layers: Layer[] = [];
  private rate: RateAnswer | null = null;
  private zones = false;
  private after = true;
  private images: readonly FieldImage[] = [];
  private asked = 0;
  private worked = '';
  private readonly day = select('day', []);
  private readonly show = select('layer', []);
  private readonly compare = select('compare', []);
  private readonly opacity = h('input', {
    attrs: { type: 'range', name: 'opacity', min: 0, max: 100, value: 85, 'aria-label': 'Opacity' },
  });
  private readonly words = h('p', { class: 'quiet-text' });
  private readonly legend = h('div', { class: 'crop-legends' });
  private readonly switcher = h('div', { class: 'crop-switch' });
  private readonly print = h('img', { class: 'crop-print', attrs: { alt: '' } });
  private readonly trouble = h('div', { attrs: { 'aria-live': 'polite' } });

  constructor(
    private readonly choices: Choices,
    private readonly map: CropLayer,
    private readonly listener: LookListener,
  ) {
    this.day.addEventListener('change', () => void this.choose(this.day.value));
    this.show.addEventListener('change', () => void this.draw());
    this.compare.addEventListener('change', () => void this.draw());
    this.opacity.addEventListener('input', () => this.map.opaque(Number(this.opacity.value) / 100));
    this.element = section(
      'Map',
      h('div', { class: 'crop-fields' }, labelled('Day', this.day), labelled('Show', this.show)),
      h(
        'div',
        { class: 'crop-fields' },
        labelled('Compare with', this.compare),
        labelled('Opacity', this.opacity),
      ),
      this.switcher,
      this.legend,
      this.words,
      this.trouble,
      this.print,
    );
  }

  /** The index that is worked with: the one shown last, or else NDVI, or else the first that there is. */
  get index(): string {
    const known = this.image?.indices ?? [];
    if (known.includes(this.show.value)) this.worked = this.show.value;
    if (known.includes(this.worked)) return this.worked;
    return known.includes('ndvi') ? 'ndvi' : (known[0] ?? 'ndvi');
  }

  async start(images: readonly FieldImage[], chosen = ''): Promise<void> {
    this.images = images;
    this.element.hidden = images.length === 0;
    const last = images.at(-1)?.id ?? '';
    setOptions(this.day, days(images), chosen || last);
    if (images.length > 0) await this.choose(this.day.value);
    else this.map.picture(null);
  }

  async choose(image: string): Promise<void> {
    try {
      this.image = await api.look(image);
    } catch (error) {
      fill(this.trouble, failure(error));
      return;
    }
    const others = this.images.filter((each) => each.id !== image);
    setOptions(this.compare, [['', 'nothing'], ...days(others)], '');
    this.rate = null;
    this.zones = false;
    this.setLayers(this.show.value || this.index);
    await this.draw();
    this.listener.changed();
  }

  /** Rates of a model, or none any more. */
  async rated(rate: RateAnswer | null): Promise<void> {
    this.rate = rate?.layer ? rate : null;
    this.setLayers(this.rate ? RATE : this.show.value);
    await this.draw();
  }

  /** Zones of a prescription are on the map, or taken away. */
  zoned(yes: boolean): void {
    this.zones = yes;
    this.setLayers(yes ? ZONES : this.show.value);
    void this.draw();
  }

  private setLayers(chosen: string): void {
    const titles = new Map(this.choices.indices.map((each) => [each.name, each.title]));
    const options: [string, string][] = (this.image?.indices ?? []).map((name) => [
      name,
      titles.get(name) ?? name,
    ]);
    options.push([IMAGE, 'The image itself']);
    if (this.rate) options.push([RATE, 'Nitrogen rate']);
    if (this.zones) options.push([ZONES, 'Zones of the prescription']);
    const known = options.some(([value]) => value === chosen);
    const first = options.some(([value]) => value === 'ndvi') ? 'ndvi' : (options[0]?.[0] ?? IMAGE);
    setOptions(this.show, options, known ? chosen : first);
  }

  private async draw(): Promise<void> {
    const { image } = this;
    if (!image) return;
    this.asked += 1;
    const mine = this.asked;
    fill(this.trouble);
    try {
      const layers = await this.layersOf(image);
      if (mine !== this.asked) return;
      this.layers = layers;
    } catch (error) {
      if (mine === this.asked) fill(this.trouble, failure(error));
      return;
    }
    fill(this.words, imageWords(image));
    this.drawSwitch();
    this.drawPicture();
  }

  private async layersOf(image: ImageLook): Promise<Layer[]> {
    const shown = this.show.value;
    this.other = null;
    if (shown === RATE) return this.rate?.layer ? [this.rate.layer] : [];
    if (shown === ZONES) return [];
    if (shown !== IMAGE && !this.compare.value) return [await api.index(image.id, shown)];
    if (!this.compare.value) return [];
    const other = await api.look(this.compare.value);
    const layers =
      shown === IMAGE ? [] : await Promise.all([api.index(image.id, shown), api.index(other.id, shown)]);
    this.other = other;
    return layers;
  }

  private drawSwitch(): void {
    const { image, other } = this;
    this.after = this.after || !other;
    if (!image || !other) {
      fill(this.switcher);
      return;
    }
    const [first, second] = [image, other].sort((a, b) => a.taken.localeCompare(b.taken));
    fill(
      this.switcher,
      choice(
        'Day shown',
        [
          ['before', `Before: ${first?.taken}`],
          ['after', `After: ${second?.taken}`],
        ],
        this.after ? 'after' : 'before',
        (which) => {
          this.after = which === 'after';
          this.drawPicture();
        },
      ),
    );
  }

  private drawPicture(): void {
    const shown = this.show.value;
    const { image, layers } = this;
    if (!image) return;
    const at = this.shownImage(image);
    const layer = layers[at === image ? 0 : 1] ?? null;
    fill(this.legend, layer ? legend(layer, scaleOf(layers).low, scaleOf(layers).high) : null);
    this.element.dataset['shown'] = `${shown} ${at.taken}`;
    if (shown === ZONES) {
      this.map.picture(null);
      this.print.hidden = true;
      return;
    }
    const { low, high } = scaleOf(layers);
    const address = layer
      ? api.pictureAddress(layer.picture, low, high)
      : api.pictureAddress(`crop/images/${at.id}/picture?layer=${IMAGE}`);
    this.map.picture({ address, corners: at.corners });
    this.map.opaque(Number(this.opacity.value) / 100);
    this.print.hidden = false;
    this.print.src = address;
    this.print.alt = `${layer?.title ?? 'Image'} of ${at.taken}`;
  }

  private shownImage(image: ImageLook): ImageLook {
    if (!this.other) return image;
    const later = image.taken >= this.other.taken ? image : this.other;
    const earlier = later === image ? this.other : image;
    return this.after ? later : earlier;
  }
}

function days(images: readonly FieldImage[]): [string, string][] {
  return images.map((each) => [each.id, `${each.taken} · ${each.file}`]);
}
