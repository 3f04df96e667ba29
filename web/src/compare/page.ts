/** The comparison of two to four flights: side by side in a table, on one map, and in charts over one axis. */
import '../styles/compare.css';
import { fill, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { failure, message } from '../dom/parts';
import { go } from '../state/route';
import { units } from '../state/settings';
import type { View, World } from '../views';
import { differing } from './differing';
import { compareAddress, idsIn, LEAST, LETTERS, MOST } from './ids';
import { addCompareLayer, type CompareLayer } from './layer';
import { laid } from './lines';
import { type Compared, read } from './read';
import { Stage } from './stage';
import { comparison } from './table';

export function makeView(world: World): View {
  return new ComparePage(world);
}

class ComparePage implements View {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'compare-body' });
  private ids: string[] = [];
  private found: Compared[] = [];
  private stage: Stage | null = null;
  private readonly onMap: Promise<CompareLayer>;
  private asked = 0;
  private shown = false;

  constructor(private readonly world: World) {
    const back = h('a', { class: 'back', attrs: { href: '#/flights' } }, icon(ICONS.back), 'All flights');
    const attrs = { 'aria-label': 'Comparison of flights', tabindex: -1 };
    this.element = h('article', { class: 'compare', attrs }, back, this.body);
    this.onMap = world.map.then(addCompareLayer);
    units.watch(() => this.draw());
  }

  show(path: string[]): void {
    this.shown = true;
    const ids = idsIn(path);
    if (ids.join() === this.ids.join() && this.found.length > 0) {
      void this.drawStage();
      return;
    }
    this.ids = ids;
    this.found = [];
    this.clear();
    void this.load();
  }

  refresh(): void {
    if (this.shown) void this.load();
  }

  hide(): void {
    this.shown = false;
    this.clear();
  }

  private async load(): Promise<void> {
    this.asked += 1;
    const asked = this.asked;
    if (this.ids.length < LEAST) {
      this.draw();
      return;
    }
    if (this.found.length === 0) this.waiting();
    const found = await Promise.all(this.ids.slice(0, MOST).map((id, i) => read(id, this.found[i])));
    if (asked !== this.asked) return;
    const same = found.every((each, i) => each === this.found[i]);
    this.found = found;
    this.body.setAttribute('aria-busy', 'false');
    if (same) return;
    this.draw();
    this.clear();
    if (this.shown) await this.drawStage().catch((error: unknown) => this.body.prepend(failure(error)));
  }

  private waiting(): void {
    this.body.setAttribute('aria-busy', 'true');
    fill(
      this.body,
      h('h1', {}, 'Comparison'),
      h('p', { class: 'quiet-text', attrs: { role: 'status' } }, 'Reading the flights…'),
    );
  }

  private draw(): void {
    if (this.ids.length < LEAST) {
      const how = 'In the list of flights, choose two to four by the box before each, then press Compare.';
      fill(this.body, h('h1', {}, 'Comparison'), message('plain', 'Choose at least two flights.', how));
      return;
    }
    if (this.found.length === 0) return;
    const left = this.ids.length - this.found.length;
    const leave = (id: string) => go(compareAddress(this.ids.filter((each) => each !== id)));
    fill(
      this.body,
      h('h1', {}, `Comparison of ${this.found.length} flights`),
      left > 0
        ? message('warn', `At most ${MOST} are compared at once; ${left} of this link left out.`)
        : null,
      comparison(this.found, units.get(), leave),
      differing(this.found),
    );
  }

  private async drawStage(): Promise<void> {
    const asked = this.asked;
    const layer = await this.onMap;
    if (asked !== this.asked || !this.shown || this.stage) return;
    const tracks = this.found.flatMap(({ track, flight }, index) =>
      track ? [laid(index, track, flight?.takeoff ?? null)] : [],
    );
    if (tracks.length === 0) {
      fill(
        this.world.deck,
        h('div', { class: 'no-track' }, message('plain', 'None of these flights has a track.')),
      );
      return;
    }
    const without = this.found.flatMap(({ track }, i) => (track ? [] : [LETTERS[i] ?? '']));
    this.stage = new Stage(tracks, without, layer);
    fill(this.world.deck, this.stage.element);
    this.stage.look();
  }

  private clear(): void {
    this.stage?.close();
    this.stage = null;
    fill(this.world.deck);
    void this.onMap.then((layer) => {
      if (!this.stage) layer.clear();
    });
  }
}
