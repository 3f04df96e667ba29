/** One flight: its facts beside the map, its replay below it. */
import * as api from '../api/client';
import { RequestFailed } from '../api/client';
import { type Happened, happened } from '../api/logbook';
import type { FlightDetail, TrackAnswer } from '../api/types';
import { fill, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { failure, message } from '../dom/parts';
import type { MapPane } from '../map/pane';
import { boxOf, circle } from '../map/shapes';
import type { TrackLayer } from '../map/track-layer';
import { units } from '../state/settings';
import { type Colouring, startColouring } from './colouring';
import * as show from './facts';
import { happenedSection } from './happened';
import { logSections } from './log';
import { bandsOf, SEVERITY_TOKEN } from './phases';
import { Replay } from './replay';
import { merges, notes } from './talk';
import { positions, type Track, trackOf } from './track';

const ROWS = 5000;
const LEAST_VIEW_M = 60;
/** From this width on the legend stands beside the track; on a narrower map above it. */
const LEGEND_BESIDE_FROM = 620;

export interface Place {
  pane: MapPane;
  layer: TrackLayer;
  /** Where the replay goes, under the map. */
  deck: HTMLElement;
  /** Where to go back to: the list as it was. */
  back: string;
}

export class FlightPage {
  readonly element: HTMLElement;
  private readonly body = h('div', { class: 'flight-body', attrs: { 'aria-busy': 'true' } });
  private detail: FlightDetail | null = null;
  private origins: Record<string, string> = {};
  private log: HTMLElement | null = null;
  private happened: Happened | null = null;
  private replay: Replay | null = null;
  private colouring: Colouring | null = null;
  private readonly stopUnits: () => void;
  private closed = false;

  constructor(
    readonly id: string,
    private readonly place: Place,
  ) {
    const back = h('a', { class: 'back', attrs: { href: place.back } }, icon(ICONS.back), 'All flights');
    this.element = h(
      'article',
      { class: 'flight', attrs: { 'aria-label': 'Flight', tabindex: -1 } },
      back,
      this.body,
    );
    this.stopUnits = units.watch(() => this.draw());
    void this.load();
  }

  key(event: KeyboardEvent): boolean {
    return this.replay?.key(event) ?? false;
  }

  /** Ask again for what people may have changed; the replay goes on. */
  async refresh(): Promise<void> {
    try {
      const detail = await api.flight(this.id);
      if (this.closed || JSON.stringify(detail) === JSON.stringify(this.detail)) return;
      this.detail = detail;
      if (!this.isBeingWritten()) this.draw();
    } catch (error) {
      if (!this.closed) fill(this.body, failure(error));
    }
  }

  /** Whether someone is writing a note: news must not take the caret away. What they send draws all anew. */
  private isBeingWritten(): boolean {
    return document.activeElement?.tagName === 'TEXTAREA' && this.body.contains(document.activeElement);
  }

  close(): void {
    this.closed = true;
    this.stopUnits();
    this.colouring?.close();
    this.replay?.close();
    this.place.layer.clear();
    fill(this.place.deck);
  }

  private async load(): Promise<void> {
    await this.refresh();
    if (this.closed || !this.detail) return;
    const flight = this.detail;
    document.title = `${flight.place ?? 'Flight'} · Groundside`;
    try {
      const answer = await api.track(this.id, ROWS);
      if (!this.closed) this.play(flight, answer);
    } catch (error) {
      if (!this.closed) this.withoutTrack(flight, error);
    }
  }

  private play(flight: FlightDetail, answer: TrackAnswer): void {
    const track = trackOf(answer);
    const { pane, layer, deck } = this.place;
    if (!track) {
      this.withoutTrack(flight, new RequestFailed(404, 'The track has no times to replay along.', ''));
      return;
    }
    this.origins = answer.origins;
    this.draw();
    const known = [...positions(track)];
    layer.ends(flight.home ?? known[0] ?? null, known.at(-1) ?? null);
    this.colouring = startColouring(track, pane, layer);
    this.replay = new Replay(track, pane, layer);
    void this.tell(track);
    const thinned =
      answer.rows < answer.rows_total ? `Shown: ${answer.rows} of ${answer.rows_total} samples.` : '';
    fill(
      deck,
      this.replay.element,
      thinned ? h('p', { class: 'thinned' }, answer.thinning ?? '', ' ', thinned) : null,
    );
    this.look(known, flight);
  }

  /** What happened takes the server longer than the track, and comes when it comes. */
  private async tell(track: Track | null): Promise<void> {
    try {
      const found = await happened(this.id);
      if (this.closed) return;
      this.happened = found;
      this.colouring?.phases(found);
      if (track) this.replay?.showBands(bandsOf(found, track));
      const marks = found.events.flatMap(({ place, severity }) =>
        place && severity !== 'info' ? [{ at: place, token: SEVERITY_TOKEN[severity] }] : [],
      );
      this.place.layer.events(marks);
      if (!this.isBeingWritten()) this.draw();
    } catch {
      // The flight is shown without it; `groundside events` says why.
    }
  }

  private look(known: [number, number][], flight: FlightDetail): void {
    const all = flight.home ? [...known, flight.home] : known;
    const middle = all[0];
    if (!middle) return;
    // A flight that hardly moved is still shown with some ground around it.
    const around = circle(middle, LEAST_VIEW_M).geometry.coordinates[0] as [number, number][];
    const box = boxOf([...all, ...around]);
    const { pane } = this.place;
    const wide = pane.element.clientWidth > LEGEND_BESIDE_FROM;
    const legend = wide ? { left: 170, top: 0 } : { left: 0, top: 70 };
    if (box) pane.show(box, 18.5, known.length > 0 ? legend : undefined);
  }

  private withoutTrack(flight: FlightDetail, error: unknown): void {
    void this.tell(null);
    const { deck, layer } = this.place;
    const said = error instanceof RequestFailed ? error : null;
    const expected = said && (said.status === 404 || said.status === 409);
    const tone = flight.track_locked ? 'warn' : 'plain';
    const box = expected ? message(tone, said.what, said.tryThis) : failure(error);
    fill(deck, h('div', { class: 'no-track' }, icon(flight.track_locked ? ICONS.lock : ICONS.warn), box));
    if (!flight.home) return;
    layer.ends(flight.home, null);
    this.look([], flight);
  }

  private draw(): void {
    const flight = this.detail;
    if (!flight) return;
    const changed = () => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      void this.refresh();
    };
    this.log ??= logSections(this.id, flight.time_zone, (at) => this.replay?.seekTo(at));
    const held = this.body.querySelector('textarea')?.value ?? '';
    this.body.setAttribute('aria-busy', 'false');
    fill(
      this.body,
      show.heading(flight),
      show.keyNumbers(flight),
      show.exports(flight),
      merges(flight, changed),
      this.happened && happenedSection(this.happened, flight.time_zone, (us) => this.replay?.seekToUs(us)),
      this.log,
      show.times(flight),
      show.aircraft(flight),
      show.inferences(flight),
      show.sources(flight),
      show.problems(flight),
      notes(flight, changed),
      show.trackFacts(flight, this.origins),
    );
    const field = this.body.querySelector('textarea');
    if (field && held) field.value = held; // a note half written outlives a refresh
  }
}
