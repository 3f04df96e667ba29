/** Play a track: slider, play, speed; the aircraft on the map and the line in the charts follow one clock. */
import { fill, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { button } from '../dom/parts';
import type { MapPane } from '../map/pane';
import type { TrackLayer } from '../map/track-layer';
import { isDark, units } from '../state/settings';
import { inUtc } from '../text/times';
import { duration, durationAloud } from '../text/units';
import { type Charts, makeCharts } from './charts';
import { advance, type Clock, FIRST_SPEED, nextSpeed, SPEEDS, seek, toggle } from './clock';
import { type Bands, NO_BANDS } from './phases';
import { makeReadouts, type Readouts } from './readouts';
import { durationOf, headingAt, positionAt, startAt, type Track } from './track';

const STEP_S = 1;
const LONG_STEP_S = 10;

export class Replay {
  readonly element: HTMLElement;
  private clock: Clock;
  private readonly duration: number;
  private readonly playButton = button({
    label: 'Play',
    icon: 'play',
    kind: 'primary',
    iconOnly: true,
    id: 'play',
    press: () => this.toggle(),
  });
  private readonly slider: HTMLInputElement;
  private readonly now = h('strong', { class: 'now' });
  private readonly utc = h('span', { class: 'utc' });
  private readonly speed: HTMLSelectElement;
  private readonly followButton = button({
    label: 'Follow',
    icon: 'follow',
    press: () => this.toggleFollow(),
  });
  private readonly chartsSlot = h('div', { class: 'charts-slot' });
  private readonly readoutsSlot = h('div');
  private charts: Charts | null = null;
  private readouts: Readouts | null = null;
  private frame = 0;
  private lastTick = 0;
  private following = false;
  private bands: Bands = NO_BANDS;
  private stops: (() => void)[] = [];

  constructor(
    private readonly track: Track,
    private readonly pane: MapPane,
    private readonly layer: TrackLayer,
  ) {
    this.duration = durationOf(track);
    this.clock = { at: startAt(track), playing: false, speed: FIRST_SPEED };
    this.slider = this.makeSlider();
    this.speed = this.makeSpeed();
    this.playButton.setAttribute('aria-keyshortcuts', 'Space');
    this.followButton.setAttribute('aria-pressed', 'false');
    this.element = this.assemble();
    // Once at first, and again whenever units or colours change what the instruments say.
    this.stops.push(units.watch(() => this.instruments()));
    this.stops.push(isDark.watch(() => this.instruments()));
  }

  /** Act on a key; whether it was one of ours. */
  key(event: KeyboardEvent): boolean {
    const step = event.shiftKey ? LONG_STEP_S : STEP_S;
    const actions: Record<string, () => void> = {
      ' ': () => this.toggle(),
      ArrowLeft: () => this.seek(this.clock.at - step),
      ArrowRight: () => this.seek(this.clock.at + step),
      ',': () => this.setSpeed(nextSpeed(this.clock.speed, -1)),
      '.': () => this.setSpeed(nextSpeed(this.clock.speed, 1)),
      f: () => this.toggleFollow(),
    };
    const action = actions[event.key];
    action?.();
    return action !== undefined;
  }

  /** Go to a UTC time; where the track has no UTC, nothing happens. */
  seekTo(at: string): void {
    if (this.track.timeIsUtc) this.seek((Date.parse(at) - this.track.startUs / 1000) / 1000);
  }

  /** Go to a time on the clock of the track, in microseconds. */
  seekToUs(us: number): void {
    this.seek((us - this.track.startUs) / 1e6);
  }

  /** Show phases and events in the charts too. */
  showBands(bands: Bands): void {
    this.bands = bands;
    this.instruments();
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    for (const stop of this.stops) stop();
    this.charts?.close();
    this.layer.clear();
  }

  private makeSlider(): HTMLInputElement {
    return h('input', {
      attrs: {
        id: 'time-slider',
        type: 'range',
        min: 0,
        max: this.duration.toFixed(1),
        step: 0.1,
        'aria-label': 'Time in the recording',
      },
      oninput: () => this.seek(Number(this.slider.value)),
    });
  }

  private makeSpeed(): HTMLSelectElement {
    const options = SPEEDS.map((speed) =>
      h('option', { attrs: { value: speed, selected: speed === FIRST_SPEED } }, `${speed}×`),
    );
    return h(
      'select',
      {
        attrs: { id: 'replay-speed', 'aria-label': 'Speed of the replay' },
        onchange: () => this.setSpeed(Number(this.speed.value)),
      },
      ...options,
    );
  }

  private assemble(): HTMLElement {
    const clock = h(
      'div',
      { class: 'clock' },
      h('span', {}, this.now, h('span', { class: 'of' }, ` / ${duration(this.duration)}`)),
      this.utc,
    );
    const bar = h(
      'div',
      { class: 'replay-bar' },
      this.playButton,
      clock,
      h('label', { class: 'speed' }, this.speed),
      this.followButton,
    );
    const attrs = { id: 'replay', 'aria-label': 'Replay' };
    return h(
      'section',
      { class: 'replay', attrs, data: { playing: 'false' } },
      bar,
      this.readoutsSlot,
      h('div', { class: 'slider-line' }, this.slider),
      this.chartsSlot,
    );
  }

  private instruments(): void {
    this.readouts = makeReadouts(this.track);
    fill(this.readoutsSlot, this.readouts.element);
    this.charts?.close();
    const listener = {
      hovered: (seconds: number | null) =>
        this.layer.ghost(seconds === null ? null : (positionAt(this.track, seconds)?.at ?? null)),
      sought: (seconds: number) => this.seek(seconds),
    };
    this.charts = makeCharts(this.track, listener, this.bands);
    fill(this.chartsSlot, this.charts.element);
    requestAnimationFrame(() => this.draw());
  }

  private toggle(): void {
    this.clock = toggle(this.clock, this.duration);
    if (this.clock.playing) this.run();
    this.draw();
  }

  private seek(at: number): void {
    this.clock = seek(this.clock, at, this.duration);
    this.draw();
  }

  private setSpeed(speed: number): void {
    this.clock = { ...this.clock, speed };
    this.speed.value = String(speed);
  }

  private toggleFollow(): void {
    this.following = !this.following;
    this.followButton.setAttribute('aria-pressed', String(this.following));
    this.draw();
  }

  private run(): void {
    cancelAnimationFrame(this.frame);
    this.lastTick = performance.now();
    const tick = (now: number) => {
      this.clock = advance(this.clock, (now - this.lastTick) / 1000, this.duration);
      this.lastTick = now;
      this.draw();
      if (this.clock.playing) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  private draw(): void {
    const { at, playing } = this.clock;
    this.drawAircraft(at);
    this.drawControls(at, playing);
    this.readouts?.show(at);
    this.charts?.mark(at);
  }

  private drawAircraft(at: number): void {
    const position = positionAt(this.track, at);
    this.layer.aircraft(position?.at ?? null, headingAt(this.track, at), position?.stale ?? true);
    this.element.dataset['aircraftLon'] = position ? position.at[0].toFixed(7) : '';
    this.element.dataset['aircraftLat'] = position ? position.at[1].toFixed(7) : '';
    if (this.following && position) this.pane.map.setCenter(position.at);
  }

  private drawControls(at: number, playing: boolean): void {
    this.slider.value = at.toFixed(1);
    this.slider.style.setProperty('--done', `${this.duration > 0 ? (at / this.duration) * 100 : 0}%`);
    this.now.textContent = duration(at);
    this.utc.textContent = this.clockText(at);
    if (this.element.dataset['playing'] === String(playing)) return;
    this.element.dataset['playing'] = String(playing);
    const label = playing ? 'Pause' : 'Play';
    this.playButton.setAttribute('aria-label', label);
    this.playButton.title = label;
    fill(this.playButton, icon(playing ? ICONS.pause : ICONS.play));
    this.slider.setAttribute('aria-valuetext', durationAloud(at));
  }

  private clockText(at: number): string {
    if (!this.track.timeIsUtc) return 'UTC unknown';
    const moment = inUtc(new Date(this.track.startUs / 1000 + at * 1000).toISOString());
    return moment ? `${moment.date} ${moment.clock} UTC` : '';
  }
}
