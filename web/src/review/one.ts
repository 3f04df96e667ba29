/** One photo of the queue: its boxes over the picture, drawn and taken away, confirmed; and the derivative. */
import { fill, h } from '../dom/h';
import { button, choice, failure, message, section } from '../dom/parts';
import { PictureStage } from '../photos/stage';
import type { Rect } from '../photos/turning';
import { plural } from '../text/words';
import * as api from './api';
import type { Queued } from './queue';
import { steps } from './steps';

export interface OneListener {
  /** Something was said of this photo. */
  changed(): void;
  next(): void;
}

const RECALL =
  'Not every face is found, and plates are not looked for: small, covered and turned away faces are missed. Look at the whole picture closely.';

export class OnePhoto {
  readonly element: HTMLElement;
  private readonly stage: PictureStage;
  private readonly side = h('aside', { class: 'viewer-facts review-facts' });
  private readonly trouble = h('div', { class: 'form-trouble' });
  private of: Queued | null = null;
  private told: api.ReviewHistory | null = null;
  private drawing: api.Shown | null = null;
  private shown: api.Shown = 'face';
  private chosen = -1;
  private keep = new Set<string>();
  private made: HTMLElement | null = null;

  constructor(private readonly listener: OneListener) {
    this.stage = new PictureStage({
      boxed: (box) => void this.drawn(box),
      pressed: (id) => this.choose(Number(id)),
      laidOut: () => this.drawMarks(),
    });
    this.stage.element.addEventListener('keydown', (event) => this.key(event));
    this.element = h('div', { class: 'review-one' }, this.stage.element, this.side);
    this.clear();
  }

  clear(): void {
    this.of = null;
    this.told = null;
    this.stage.clear();
    this.endDrawing();
    this.stage.say(h('p', { class: 'no-image' }, 'Choose a photo.'));
    this.side.replaceChildren();
  }

  async show(of: Queued, small: string | null | undefined): Promise<void> {
    const other = this.of?.photo !== of.photo;
    this.of = of;
    if (other) {
      this.told = null;
      this.made = null;
      this.chosen = -1;
      fill(this.trouble);
      fill(this.side, h('p', { class: 'quiet-text', attrs: { role: 'status' } }, 'Loading…'));
      this.endDrawing();
      void this.stage.show(of.photo, of.file, small);
    }
    const told = await api.review(of.photo);
    if (this.of?.photo !== of.photo) return;
    if (told.at_us === this.told?.at_us) return;
    this.told = told;
    this.made = null;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && this.drawing) this.endDrawing();
    else if (event.key === 'Delete' && this.chosen >= 0) void this.remove(this.chosen);
    else if (!this.stage.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Ask the server for a change, and show what came of it, or why it was refused. */
  private async say(asked: (told: api.ReviewHistory) => Promise<api.ReviewHistory>): Promise<boolean> {
    const { told } = this;
    if (!told) return false;
    fill(this.trouble);
    this.side.setAttribute('aria-busy', 'true');
    try {
      const now = await asked(told);
      if (this.of?.photo !== told.photo) return false;
      this.told = now;
      this.made = null;
      this.chosen = -1;
      this.draw();
      if (now.why) fill(this.trouble, message('warn', now.why));
      this.listener.changed();
      return true;
    } catch (error) {
      fill(this.trouble, failure(error));
      return false;
    } finally {
      this.side.removeAttribute('aria-busy');
    }
  }

  private async drawn(box: Rect): Promise<void> {
    const shown = this.drawing;
    if (!shown) return;
    const [x, y] = [Math.floor(box.x), Math.floor(box.y)];
    const width = Math.max(1, Math.ceil(box.x + box.width) - x);
    const height = Math.max(1, Math.ceil(box.y + box.height) - y);
    await this.say((told) => api.edit(told.photo, told.at_us, { add: [{ x, y, width, height, shown }] }));
  }

  private async remove(index: number): Promise<void> {
    await this.say((told) => api.edit(told.photo, told.at_us, { remove: [index + 1] }));
  }

  private choose(index: number): void {
    this.chosen = index;
    this.drawMarks();
    this.side.querySelector<HTMLElement>(`[data-box="${index}"] button`)?.focus();
    for (const row of this.side.querySelectorAll<HTMLElement>('[data-box]'))
      row.classList.toggle('chosen', row.dataset['box'] === String(index));
  }

  private beginDrawing(shown: api.Shown): void {
    this.drawing = shown;
    this.stage.setMode('box');
    this.draw();
  }

  private endDrawing(): void {
    this.drawing = null;
    this.stage.setMode('look');
    if (this.told) this.draw();
  }

  private drawMarks(): void {
    const boxes = this.told?.boxes ?? [];
    this.stage.setMarks(
      boxes.map(({ x, y, width, height, shown, score }, i) => ({
        id: String(i),
        x,
        y,
        width,
        height,
        look: `hides-${shown}${i === this.chosen ? ' chosen' : ''}`,
        text: String(i + 1),
        label: `Box ${i + 1}: ${shown}, ${score === null ? 'drawn by a person' : `score ${score.toFixed(2)}`}`,
      })),
    );
  }

  private draw(): void {
    const { told } = this;
    if (!told || !this.of) return;
    this.drawMarks();
    fill(
      this.side,
      h('h2', {}, this.of.file),
      this.trouble,
      this.boxes(told),
      this.acts(told),
      told.confirmed ? this.giving(told) : null,
      told.history.length > 0 ? section('Who said what', steps(told.history)) : null,
    );
  }

  private boxes(told: api.ReviewHistory): HTMLElement {
    if (told.boxes.length === 0) {
      const said = told.code ? 'No face was found. ' : '';
      return h('p', {}, `${said}Nothing is to be hidden.`);
    }
    const row = (box: api.Box, i: number) =>
      h(
        'li',
        { data: { box: i }, class: i === this.chosen ? 'chosen' : '' },
        h('span', { class: `box-number hides-${box.shown}` }, i + 1),
        h(
          'span',
          {},
          box.shown,
          h('span', { class: 'second' }, box.score === null ? 'drawn' : `score ${box.score.toFixed(2)}`),
        ),
        button({
          label: `Remove box ${i + 1}`,
          icon: 'close',
          kind: 'quiet',
          iconOnly: true,
          press: () => void this.remove(i),
        }),
      );
    return h('ol', { class: 'box-list' }, ...told.boxes.map(row));
  }

  private acts(told: api.ReviewHistory): HTMLElement {
    const what = choice<api.Shown>(
      'What the box hides',
      api.SHOWN.map((each) => [each, each]),
      this.drawing ?? this.shown,
      (value) => {
        this.shown = value;
        this.beginDrawing(value);
      },
    );
    const draw = button({
      label: this.drawing ? 'Done drawing' : 'Draw a box',
      id: 'draw-box',
      press: () => (this.drawing ? this.endDrawing() : this.beginDrawing(this.shown)),
    });
    draw.setAttribute('aria-pressed', String(this.drawing !== null));
    const look = button({
      label: told.code ? 'Look again' : 'Look for faces',
      id: 'propose',
      press: () => void this.propose(look),
    });
    const sure = button({
      label:
        told.boxes.length > 0
          ? `Confirm: hide ${plural(told.boxes.length, 'box', 'boxes')}`
          : 'Confirm: hide nothing',
      kind: 'primary',
      icon: 'check',
      id: 'confirm',
      press: () => void this.say((now) => api.confirm(now.photo, now.at_us)),
    });
    return h(
      'div',
      { class: 'review-acts' },
      h('div', { class: 'form-buttons' }, draw, what),
      this.drawing ? h('p', { class: 'quiet-text' }, 'Drag across the picture. Escape ends it.') : null,
      look,
      h('p', { class: 'quiet-text' }, RECALL),
      told.confirmed ? message('ok', `Confirmed by ${told.who ?? 'somebody'}.`) : sure,
      told.confirmed
        ? button({ label: 'Next that waits', id: 'next', press: () => this.listener.next() })
        : null,
    );
  }

  private async propose(look: HTMLButtonElement): Promise<void> {
    look.disabled = true;
    fill(look, 'Looking…');
    await this.say((told) => api.propose(told.photo));
    if (this.told) this.draw();
  }

  /** What may go out: the fields of its own that it may say, and the file. */
  private giving(told: api.ReviewHistory): HTMLElement {
    const ticks = api.KEEP.map((each) => {
      const tick = h('input', {
        attrs: { type: 'checkbox', name: `keep-${each}`, checked: this.keep.has(each) },
        onchange: () => {
          if (tick.checked) this.keep.add(each);
          else this.keep.delete(each);
        },
      });
      return h('label', { class: 'tick' }, tick, each);
    });
    const save = button({
      label: 'Make the derivative',
      icon: 'download',
      kind: 'primary',
      id: 'derivative',
      press: () => void this.make(told.photo, save),
    });
    return section(
      'For others',
      h(
        'p',
        { class: 'quiet-text' },
        'It says nothing of itself but what is ticked; never a serial or a name.',
      ),
      h('div', { class: 'keep-fields' }, ...ticks),
      save,
      this.made,
    );
  }

  private async make(photo: string, save: HTMLButtonElement): Promise<void> {
    save.disabled = true;
    fill(this.trouble);
    try {
      const made = await api.derivative(photo, [...this.keep]);
      const address = URL.createObjectURL(made.data);
      const link = h('a', { attrs: { href: address, download: made.name } });
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      const again =
        made.foundAgain > 0 ? ` ${made.foundAgain} of them were found only in the copy: look at it.` : '';
      this.made = message('ok', `${made.name}: ${plural(made.hidden, 'box', 'boxes')} hidden.${again}`);
      this.draw();
    } catch (error) {
      fill(this.trouble, failure(error));
    }
    save.disabled = false;
  }
}
