/** A video beside the map: what it shows, when that was, and the aircraft on its track in step with it. */
import '../styles/video.css';
import * as client from '../api/client';
import { fill, h } from '../dom/h';
import { button, facts, failure, message } from '../dom/parts';
import { makeReadouts, type Readouts } from '../flight/readouts';
import { headingAt, positionAt } from '../flight/track';
import type { MapPane } from '../map/pane';
import { originalAddress, type Photo } from '../photos/api';
import { flightAddress } from '../state/route';
import { units } from '../state/settings';
import { inUtc, inZone, type Moment } from '../text/times';
import { duration, UNKNOWN } from '../text/units';
import * as api from './api';
import { addVideoLayer, type Point, type VideoLayer } from './layer';
import { lineOf, nearestMoment, type Path, pathOfFlight, pathOfSamples, reaches } from './path';

const ROWS = 20_000;
/** So near to the path a click on the map means a moment of the video. */
const NEAR_PX = 30;

export interface PlayerListener {
  closed(): void;
  step(by: number): void;
}

export class Player {
  readonly element: HTMLElement;
  private readonly video = h('video', {
    attrs: { controls: true, playsinline: true, preload: 'metadata', 'aria-label': 'Video' },
  });
  private readonly trouble = h('div', { class: 'video-trouble' });
  private readonly utc = h('dd', {});
  private readonly local = h('dd', {});
  private readonly instruments = h('div');
  private readonly said = h('div', { class: 'video-said' });
  private layer: VideoLayer | null = null;
  private readouts: Readouts | null = null;
  private told: api.VideoAnswer | null = null;
  private path: Path | null = null;
  private shown = '';
  private frame = 0;

  constructor(
    private readonly listener: PlayerListener,
    map: Promise<MapPane>,
  ) {
    void map.then((pane) => {
      const pointed = (at: Point, dragged: boolean) => this.pointed(at, dragged);
      this.layer = addVideoLayer(pane, { pointed, dropped: () => this.draw() });
      this.drawPath();
    });
    for (const name of ['play', 'playing', 'seeking', 'seeked', 'timeupdate', 'pause', 'ended'] as const)
      this.video.addEventListener(name, () => this.moved());
    this.video.addEventListener('loadedmetadata', () => this.drawPath());
    this.video.addEventListener('error', () => this.failed());
    units.watch(() => this.fit());
    this.element = h(
      'section',
      { class: 'video-panel', attrs: { 'aria-label': 'Video' } },
      this.bar(),
      this.video,
      this.trouble,
      h(
        'dl',
        { class: 'video-times', attrs: { 'aria-label': 'Time of the picture' } },
        h('div', {}, h('dt', {}, 'UTC'), this.utc),
        h('div', {}, h('dt', {}, 'Local time'), this.local),
      ),
      this.instruments,
      this.said,
    );
    this.element.hidden = true;
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  show(photo: Photo): void {
    this.element.hidden = false;
    if (this.shown === photo.id) return;
    this.forget();
    this.shown = photo.id;
    this.video.src = api.bytesAddress(photo.id);
    void this.load(photo.id);
  }

  close(): void {
    if (!this.open) return;
    this.element.hidden = true;
    this.forget();
  }

  private forget(): void {
    cancelAnimationFrame(this.frame);
    this.shown = '';
    this.told = this.path = this.readouts = null;
    this.video.pause();
    this.video.removeAttribute('src');
    this.video.load(); // what was held of the picture is let go of
    this.layer?.clear();
    fill(this.trouble);
    fill(this.instruments);
    fill(this.said);
    delete this.element.dataset['aircraftLon'];
    delete this.element.dataset['aircraftLat'];
  }

  private bar(): HTMLElement {
    const act = (label: string, press: () => void) => button({ label, kind: 'quiet', press });
    return h(
      'div',
      { class: 'video-bar' },
      act('All photos', () => this.listener.closed()),
      h('span', { class: 'gap' }),
      act('Before', () => this.listener.step(-1)),
      act('Next', () => this.listener.step(1)),
    );
  }

  private async load(id: string): Promise<void> {
    try {
      const told = await api.video(id);
      const { flight } = told.photo.join;
      const track = flight ? await client.track(flight, ROWS).catch(() => null) : null;
      if (this.shown !== id) return;
      this.told = told;
      this.path = (track && pathOfFlight(told, track)) ?? pathOfSamples(told.samples);
      this.fit();
      this.describe(told);
      this.drawPath();
    } catch (error) {
      if (this.shown === id) fill(this.trouble, failure(error));
    }
  }

  private fit(): void {
    this.readouts = this.path && makeReadouts(this.path.track);
    fill(this.instruments, this.readouts?.element);
    this.draw();
  }

  private get length(): number {
    const known = this.video.duration;
    return Number.isFinite(known) ? known : (this.told?.duration_s ?? 0);
  }

  private drawPath(): void {
    if (this.path && this.layer) this.layer.show(lineOf(this.path), lineOf(this.path, 0, this.length));
    this.draw();
  }

  private pointed(at: Point, dragged: boolean): void {
    const { path, layer } = this;
    const found = path && layer && nearestMoment(path, this.length, (place) => layer.project(place), at);
    if (found && (dragged || found.away <= NEAR_PX)) this.video.currentTime = found.at;
  }

  private moved(): void {
    cancelAnimationFrame(this.frame);
    this.draw();
    if (!this.video.paused && !this.video.ended) this.frame = requestAnimationFrame(() => this.moved());
  }

  private draw(): void {
    const at = this.video.currentTime;
    this.drawTimes(at);
    const { path } = this;
    if (!path) return;
    const there = reaches(path, at);
    const seconds = path.begin + at;
    const found = positionAt(path.track, seconds);
    this.layer?.aircraft(found?.at ?? null, headingAt(path.track, seconds), !there || (found?.stale ?? true));
    this.readouts?.show(seconds);
    this.instruments.classList.toggle('past', !there);
    this.element.dataset['aircraftLon'] = found?.at[0].toFixed(7) ?? '';
    this.element.dataset['aircraftLat'] = found?.at[1].toFixed(7) ?? '';
  }

  private drawTimes(at: number): void {
    const starts = this.told?.starts;
    const now = starts ? new Date(Date.parse(starts) + at * 1000).toISOString() : '';
    this.utc.textContent = now ? written(inUtc(now)) : UNKNOWN;
    const zone = this.told?.time_zone ?? null;
    this.local.textContent = now && zone ? written(inZone(now, zone)) : UNKNOWN;
  }

  private failed(): void {
    if (!this.shown || !this.video.getAttribute('src')) return;
    const codec = this.told?.codec ? ` (${this.told.codec})` : '';
    const what = `This browser cannot play this video${codec}.`;
    fill(this.trouble, message('warn', what, 'Save the original and play it with another program.'));
  }

  private describe(of: api.VideoAnswer): void {
    const { photo } = of;
    const { join } = photo;
    const size = photo.width_px ? `${photo.width_px} × ${photo.height_px} px` : '';
    const rate = of.frames_per_s ? `, ${of.frames_per_s.toFixed(2)} pictures a second` : '';
    fill(
      this.said,
      h('h2', {}, photo.file),
      this.path ? null : message('plain', 'There is no track under this video.', whyNot(of)),
      this.path?.from === 'video'
        ? message('plain', "No flight is joined: the path is the video's own positions.", join.why)
        : null,
      facts(
        ['Length', of.duration_s === null ? '' : duration(of.duration_s)],
        ['Picture', `${size}${rate}`],
        ['Codec', of.codec],
        ['Began', of.starts ? `${written(inUtc(of.starts))}${errorText(of.error_s)}` : 'unknown'],
        ['Known by', join.flight ? join.why : ''],
        ["Camera's clock", clockText(join.clock_offset_s)],
        [
          'Flight',
          join.flight
            ? h('a', { attrs: { href: flightAddress(join.flight) } }, join.flight.slice(0, 8))
            : 'none',
        ],
      ),
      h(
        'div',
        { class: 'form-buttons' },
        h(
          'a',
          { class: 'button', attrs: { href: originalAddress(photo.id), download: photo.file } },
          'Save the original',
        ),
      ),
    );
  }
}

const written = (moment: Moment | null) =>
  moment ? `${moment.date} ${moment.clock} ${moment.zone}` : UNKNOWN;

const errorText = (error: number | null) =>
  error === null ? ', how wrong is not known' : ` ± ${error.toFixed(1)} s`;

const clockText = (offset: number | null) =>
  offset === null ? '' : `${Math.abs(offset).toFixed(1)} s ${offset < 0 ? 'behind' : 'ahead of'} UTC`;

function whyNot({ photo, starts, telemetry }: api.VideoAnswer): string {
  if (photo.join.flight && starts) return 'Its flight has no track on a clock of UTC.';
  const unread = telemetry ? ` Its telemetry track (${telemetry}) is not read.` : '';
  return `${photo.join.why ? `${photo.join.why}.` : 'It is joined to no flight.'}${unread}`;
}
