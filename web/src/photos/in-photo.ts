/** What was found in the photo that is looked at: its list, pins on the picture, and how a new one is pinned. */
import { fill, h } from '../dom/h';
import { badge, button, failure } from '../dom/parts';
import * as api from '../findings/api';
import { findingForm, select } from '../findings/form';
import { errorText, findingsAddress } from '../findings/parts';
import type { Photo } from './api';
import type { PictureStage } from './stage';
import { storedSize } from './tiles';
import { boxToShown, type Point, toStored } from './turning';

export class FindingsInPhoto {
  readonly element = h('section', { class: 'section in-photo', attrs: { 'aria-label': 'Findings' } });
  private photo: Photo | null = null;
  private found: api.Finding[] = [];
  private assets: api.Asset[] = [];
  private chosen = '';
  private at: Point | null = null;
  private busy = false;

  constructor(private readonly stage: PictureStage) {}

  /** Whether a place is being chosen or written about: Escape ends that and not the viewer. */
  get pinning(): boolean {
    return this.busy;
  }

  async show(photo: Photo, finding: string): Promise<void> {
    if (this.photo?.id === photo.id) {
      if (finding && finding !== this.chosen) this.choose(finding);
      return;
    }
    this.photo = photo;
    this.chosen = finding;
    this.found = [];
    this.end();
    await this.load();
  }

  /** The viewer is closed. */
  forget(): void {
    this.photo = null;
    this.end();
  }

  /** The picture is laid out: pins can be drawn. */
  laidOut(): void {
    this.drawMarks();
    const chosen = this.found.find((each) => each.id === this.chosen);
    const box = chosen && this.shown(chosen);
    if (box) this.stage.reveal(box);
  }

  begin(): void {
    if (this.photo?.kind !== 'photo') return;
    this.busy = true;
    this.at = null;
    this.stage.setMode('point');
    this.draw();
  }

  end(): void {
    this.busy = false;
    this.at = null;
    this.stage.setMode('look');
    this.draw();
  }

  /** A place in the picture was chosen. */
  pointed(at: Point): void {
    this.at = at;
    this.stage.setMode('look');
    this.draw();
    this.element.querySelector<HTMLInputElement>('input[name=type]')?.focus();
  }

  choose(id: string): void {
    this.chosen = id;
    this.draw();
    this.element.querySelector(`[data-finding="${id}"]`)?.scrollIntoView({ block: 'nearest' });
  }

  private async load(): Promise<void> {
    const { photo } = this;
    if (!photo) return;
    try {
      const query = new URLSearchParams({ photo: photo.id });
      const [found, assets] = await Promise.all([api.findings(query), api.assets()]);
      if (this.photo?.id !== photo.id) return;
      [this.found, this.assets] = [found, assets];
      this.draw();
      if (this.stage.layout) this.laidOut();
    } catch (error) {
      fill(this.element, failure(error));
    }
  }

  private draw(): void {
    this.drawMarks();
    const head = h('h2', {}, 'Findings');
    if (this.at) fill(this.element, head, this.form(this.at));
    else if (this.busy) fill(this.element, head, this.asking());
    else fill(this.element, head, this.list(), this.buttons(), this.assetsShown());
  }

  private asking(): HTMLElement {
    return h(
      'div',
      { class: 'asking', attrs: { role: 'status' } },
      h('p', {}, 'Click the place in the picture, or move it under the cross and press Enter.'),
      button({ label: 'Cancel', kind: 'quiet', press: () => this.end() }),
    );
  }

  private form(at: Point): HTMLElement {
    const types = [...new Set(this.found.map((each) => each.type))];
    return findingForm(null, this.assets, types, {
      save: async (said) => {
        const { layout } = this.stage;
        if (!this.photo || !layout) return;
        const stored = toStored(at, storedSize(layout), layout.orientation);
        const k = this.perPixel();
        const made = await api.addFinding({
          ...said,
          photo: this.photo.id,
          x: stored.x * k,
          y: stored.y * k,
        });
        this.chosen = made.id;
        this.end();
        await this.load();
      },
      cancel: () => this.end(),
    });
  }

  private list(): HTMLElement {
    if (this.found.length === 0) return h('p', { class: 'quiet-text' }, 'Nothing is pinned to this photo.');
    return h('ul', { class: 'finding-list' }, ...this.found.map((each) => this.row(each)));
  }

  private row(of: api.Finding): HTMLElement {
    const tone = api.SEVERITY_TONE[of.severity];
    return h(
      'li',
      {
        class: of.id === this.chosen ? 'chosen' : '',
        data: { finding: of.id },
      },
      badge({ label: of.severity, tone, title: `Severity: ${of.severity}` }),
      h('a', { attrs: { href: findingsAddress(new URLSearchParams(), of.id) } }, of.type),
      h('span', { class: 'second' }, `${of.status}${of.ground ? `, ${errorText(of)}` : ', no place'}`),
    );
  }

  private buttons(): HTMLElement {
    return h(
      'div',
      { class: 'form-buttons' },
      button({ label: 'Pin a finding', icon: 'pin', id: 'pin-finding', press: () => this.begin() }),
    );
  }

  /** Which assets this photo shows, and a way to say that it shows another. */
  private assetsShown(): HTMLElement | null {
    if (!this.photo || this.assets.length === 0) return null;
    const { id } = this.photo;
    const mine = this.assets.filter((each) => each.photos.includes(id));
    const others = this.assets.filter((each) => !each.photos.includes(id));
    const pick = select(
      'shows',
      [['', 'It shows also…'], ...others.map(({ name }) => [name, name] as const)],
      '',
    );
    pick.setAttribute('aria-label', 'Say which asset this photo shows');
    pick.addEventListener('change', () => {
      if (pick.value)
        void api
          .addAsset({ name: pick.value, photo: id })
          .then(() => this.load())
          .catch((error: unknown) => pick.after(failure(error)));
    });
    return h(
      'div',
      { class: 'shows' },
      mine.length > 0 ? h('p', {}, `Shows ${mine.map(({ name }) => name).join(', ')}.`) : null,
      others.length > 0 ? pick : null,
    );
  }

  private drawMarks(): void {
    if (!this.stage.layout) return;
    const marks = this.found.map((each) => ({
      id: each.id,
      ...this.shown(each),
      look: `severity-${each.severity}${each.id === this.chosen ? ' chosen' : ''}${
        each.status === 'closed' || each.status === 'dismissed' ? ' done' : ''
      }`,
      text: '',
      label: `${each.type}, ${each.severity}, ${each.status}`,
    }));
    const pending = this.at && {
      id: 'new',
      ...this.at,
      width: 0,
      height: 0,
      look: 'pending',
      text: '',
      label: 'The new finding',
    };
    this.stage.setMarks(pending ? [...marks, pending] : marks);
  }

  /** Pixels of the file's image for one of the picture that is shown: more than one where that is a preview. */
  private perPixel(): number {
    const { layout } = this.stage;
    return layout && this.photo?.width_px ? this.photo.width_px / storedSize(layout).width : 1;
  }

  private shown(of: api.Finding) {
    const { layout } = this.stage;
    const k = this.perPixel();
    const { x, y, width, height } = of.pixel;
    const box = { x: x / k, y: y / k, width: width / k, height: height / k };
    return layout ? boxToShown(box, storedSize(layout), layout.orientation) : box;
  }
}
