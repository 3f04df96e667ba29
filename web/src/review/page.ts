/** Faces and plates: photos wait here until a person has looked; only then is there a derivative for others. */
import '../styles/photos.css';
import '../styles/findings.css';
import { fill, h } from '../dom/h';
import { badge, button, choice, failure, message } from '../dom/parts';
import * as photoApi from '../photos/api';
import { Images } from '../photos/held';
import { questionOf } from '../photos/question';
import { go } from '../state/route';
import type { View } from '../views';
import * as api from './api';
import { OnePhoto } from './one';
import { fits, nextWaiting, type Queued, queueOf, STATES, type State, stateText } from './queue';

const MOST_ASKED = 500;

export function makeView(): View {
  return new Reviewing();
}

class Reviewing implements View {
  readonly element: HTMLElement;
  private params = new URLSearchParams();
  private open = '';
  private state: State = 'waiting';
  private queue: Queued[] = [];
  private asked = 0;
  private looking = false;
  private stop = false;
  private readonly list = h('div', { class: 'review-queue' });
  private readonly progress = h('div', { class: 'review-progress' });
  private readonly head = h('header', { class: 'review-head' });
  private readonly images = new Images((id) => this.cameImage(id));
  private readonly one = new OnePhoto({
    changed: () => void this.load(),
    next: () => this.next(),
  });

  constructor() {
    const states = choice<State>(
      'Which photos',
      STATES.map((each) => [each, each === 'all' ? 'All' : each === 'waiting' ? 'Waiting' : 'Confirmed']),
      this.state,
      (state) => {
        this.state = state;
        this.draw();
      },
    );
    const side = h('aside', { class: 'review-side' }, this.head, states, this.progress, this.list);
    this.element = h(
      'section',
      { class: 'review', attrs: { 'aria-label': 'Sharing' } },
      side,
      this.one.element,
    );
  }

  show(path: string[], params: URLSearchParams): void {
    this.params = params;
    this.open = path[0] ?? '';
    void this.load();
  }

  refresh(): void {
    void this.load();
  }

  hide(): void {
    this.stop = true;
    this.one.clear();
  }

  private async load(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    try {
      const [reviews, photos] = await Promise.all([api.reviews(), this.photosAsked()]);
      if (mine !== this.asked) return;
      this.queue = queueOf(reviews, photos);
      await this.holdOpen(reviews);
      if (mine !== this.asked) return;
      this.draw();
      await this.look();
    } catch (error) {
      if (mine === this.asked) fill(this.list, failure(error));
    }
  }

  /** The photos of the gallery's question, where one is asked. */
  private async photosAsked(): Promise<photoApi.Photo[] | null> {
    const question = questionOf(this.params);
    if (question.size === 0 && !this.params.has('all')) return null;
    question.set('limit', String(MOST_ASKED));
    return (await photoApi.photos(question, new AbortController().signal)).photos;
  }

  /** One that was opened by its address stands in the list, whether or not it was asked for. */
  private async holdOpen(reviews: readonly api.Review[]): Promise<void> {
    if (!this.open || this.queue.some((each) => each.photo === this.open)) return;
    const photo = await photoApi.onePhoto(this.open);
    this.queue = [...queueOf(reviews, [photo]), ...this.queue];
  }

  private async look(): Promise<void> {
    const queued = this.queue.find((each) => each.photo === this.open);
    if (!this.open || !queued) {
      this.one.clear();
      return;
    }
    await this.one.show(queued, this.images.address(this.open));
  }

  private next(): void {
    const next = nextWaiting(this.queue, this.open);
    if (next) go(this.address(next.photo));
    else this.draw();
  }

  private address(photo: string): string {
    const text = this.params.toString();
    return `#/review/${photo}${text ? `?${text}` : ''}`;
  }

  private draw(): void {
    const waiting = this.queue.filter((each) => fits(each, 'waiting')).length;
    fill(
      this.head,
      h('h1', {}, 'Sharing'),
      h('span', { class: 'photo-total', attrs: { role: 'status' } }, `${waiting} waiting`),
    );
    this.drawProgress();
    const shown = this.queue.filter((each) => fits(each, this.state) || each.photo === this.open);
    this.images.want(shown.map((each) => each.photo).slice(0, MOST_ASKED));
    fill(
      this.list,
      shown.length === 0 ? this.nothing() : h('ul', {}, ...shown.map((each) => this.row(each))),
    );
  }

  private nothing(): HTMLElement {
    return this.queue.length === 0
      ? message('plain', 'No photo waits here.', 'In Photos, press "Review these for sharing".')
      : message('plain', 'None of them.', 'Choose another part of the queue above.');
  }

  private row(of: Queued): HTMLElement {
    const address = this.images.address(of.photo);
    const done = of.review?.confirmed === true;
    const tone = done ? 'ok' : of.review ? 'warn' : 'plain';
    return h(
      'li',
      { data: { photo: of.photo } },
      h(
        'a',
        { attrs: { href: this.address(of.photo), 'aria-current': of.photo === this.open ? 'true' : null } },
        h('span', { class: 'review-small' }, address ? h('img', { attrs: { src: address, alt: '' } }) : null),
        h(
          'span',
          { class: 'review-words' },
          h('strong', {}, of.file),
          badge({ label: stateText(of), tone, title: stateText(of) }),
        ),
      ),
    );
  }

  private cameImage(id: string): void {
    const place = this.list.querySelector(`[data-photo="${id}"] .review-small`);
    const address = this.images.address(id);
    if (place && address) fill(place, h('img', { attrs: { src: address, alt: '' } }));
  }

  /** Photos nobody has looked at: the detector may look at all of them, one after the other. */
  private drawProgress(): void {
    const fresh = this.queue.filter((each) => each.review === null);
    if (this.looking) return;
    fill(
      this.progress,
      fresh.length > 1
        ? button({
            label: `Look for faces in ${fresh.length} photos`,
            press: () => void this.lookAtAll(fresh),
          })
        : null,
    );
  }

  private async lookAtAll(fresh: readonly Queued[]): Promise<void> {
    [this.looking, this.stop] = [true, false];
    const bar = h('progress', { attrs: { max: fresh.length, value: 0 } });
    const words = h('span', { attrs: { role: 'status' } }, `0 of ${fresh.length}`);
    const failed: string[] = [];
    const end = button({ label: 'Stop', kind: 'quiet', press: () => (this.stop = true) });
    fill(this.progress, bar, words, end);
    for (const [i, each] of fresh.entries()) {
      if (this.stop) break;
      await api
        .propose(each.photo)
        .then((done) => done.why && failed.push(`${each.file}: ${done.why}`))
        .catch((error: unknown) => failed.push(`${each.file}: ${String(error)}`));
      bar.value = i + 1;
      words.textContent = `${i + 1} of ${fresh.length}`;
    }
    this.looking = false;
    await this.load();
    if (failed.length > 0) this.progress.append(...failed.map((each) => message('warn', each)));
  }
}
