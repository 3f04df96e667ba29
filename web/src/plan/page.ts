/** The planning page: draw, see the plan while corners are dragged, check it, take it away as a file. */
import '../styles/plan.css';
import { fill, h } from '../dom/h';
import { button, failure, section } from '../dom/parts';
import type { MapPane } from '../map/pane';
import { type Box, boxOf } from '../map/shapes';
import { units } from '../state/settings';
import type { View, World } from '../views';
import * as api from './api';
import { Drawing } from './drawing';
import { PlanForm } from './form';
import { addPlanLayer, boxOfWay, type PlanLayer } from './layer';
import { Outcome } from './outcome';
import { Replanner } from './replanner';
import { hint, inWords, told } from './saying';
import { FEWEST, type Kind, Sketch } from './sketch';
import type { Plan, PlanAsked, PlanRead } from './types';

const TOOLS: readonly (readonly [Kind, string])[] = [
  ['area', 'Area'],
  ['hole', 'Hole'],
  ['keep-out', 'Keep-out'],
  ['line', 'Line'],
  ['point', 'Point'],
  ['home', 'Home'],
];
const IDLE = 'Choose what to draw, then press on the map.';
const CLOSEST_ZOOM = 17;

export function makeView(world: World): View {
  return new PlanPage(world);
}

class PlanPage implements View {
  readonly element: HTMLElement;
  private readonly sketch = new Sketch();
  private readonly form = new PlanForm(() => this.changed(false));
  private readonly replanner: Replanner<PlanAsked>;
  private readonly trouble = h('div', { class: 'plan-trouble', attrs: { 'aria-live': 'polite' } });
  private readonly result = new Outcome({
    asked: () => this.asked(),
    redraw: () => this.drawPlan(),
    flown: (found) => this.layer?.flown(found),
    leaveOut: () => this.carry(''),
  });
  private readonly reading = h('div', {});
  private readonly status = h('p', { class: 'quiet-text plan-hint', attrs: { role: 'status' } }, IDLE);
  private readonly tools = new Map<Kind, HTMLButtonElement>();
  private readonly undo = button({ label: 'Undo', kind: 'quiet', press: () => this.step('undo') });
  private readonly redo = button({ label: 'Redo', kind: 'quiet', press: () => this.step('redo') });
  private readonly middle = button({ label: 'Corner at the middle', press: () => this.drawing?.addMiddle() });
  private readonly done = button({ label: 'Done', kind: 'primary', press: () => this.drawing?.finish() });
  private readonly groundName = h('span', { class: 'quiet-text' }, 'None: level ground is assumed.');
  private ground = '';
  private opened = '';
  private plan: Plan | null = null;
  private drawing: Drawing | null = null;
  private layer: PlanLayer | null = null;
  private pane: MapPane | null = null;
  private shown = false;

  constructor(world: World) {
    this.replanner = new Replanner<PlanAsked>({
      ask: (asked, signal) => api.plan(asked, signal),
      show: (plan) => this.answered(plan as Plan),
      failed: (error) => this.refused(error),
      busy: (yes) => {
        this.element.dataset['busy'] = String(yes);
      },
    });
    this.element = this.layOut();
    units.watch(() => this.drawResult());
    void world.map.then((pane) => this.useMap(pane));
    void this.askChoices();
    this.drawTools(null, 0);
  }

  show(): void {
    this.shown = true;
    this.drawing?.show();
    this.drawPlan();
  }

  hide(): void {
    this.shown = false;
    this.drawing?.hide();
    this.layer?.clear();
  }

  private layOut(): HTMLElement {
    const shapes = h('div', { class: 'plan-tools', attrs: { role: 'group', 'aria-label': 'Draw' } });
    for (const [kind, label] of TOOLS) {
      const tool = button({ label, press: () => this.begin(kind) });
      this.tools.set(kind, tool);
      shapes.append(tool);
    }
    const clear = button({ label: 'Clear', kind: 'quiet', press: () => this.clear() });
    const open = this.fileButton(
      'Open a file',
      '.geojson,.json,.kml,.kmz,.zip,.gpkg,.plan,.waypoints,.csv',
      (file) => this.read(file),
    );
    const ground = this.fileButton('Elevation model', '.tif,.tiff', (file) => this.useGround(file));
    return h(
      'section',
      { class: 'plan', attrs: { 'aria-label': 'Plan a mission' }, data: { busy: 'false' } },
      h('h1', {}, 'Plan a mission'),
      section(
        'Draw',
        shapes,
        h('div', { class: 'plan-tools' }, this.undo, this.redo, clear, open),
        this.status,
        h('div', { class: 'plan-tools' }, this.middle, this.done),
        this.reading,
      ),
      section('Fly', this.form.element, h('div', { class: 'plan-tools' }, ground, this.groundName)),
      h('details', { class: 'section plan-limits' }, h('summary', {}, 'Limits and time'), this.form.limits),
      this.trouble,
      this.result.element,
    );
  }

  private fileButton(label: string, accept: string, chosen: (file: File) => Promise<void>): HTMLElement {
    const input = h('input', {
      class: 'unseen',
      attrs: { type: 'file', accept, 'aria-label': label, tabindex: -1 },
    });
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      input.value = '';
      if (file) void chosen(file).catch((error: unknown) => fill(this.reading, failure(error)));
    });
    return h('span', {}, button({ label, icon: 'file', press: () => input.click() }), input);
  }

  private async askChoices(): Promise<void> {
    try {
      const choices = await api.choices();
      this.form.choose(choices);
      this.result.offer(choices);
      this.element.dataset['ready'] = 'true';
    } catch (error) {
      fill(this.trouble, failure(error));
    }
  }

  private useMap(pane: MapPane): void {
    this.pane = pane;
    this.layer = addPlanLayer(pane);
    this.drawing = new Drawing(pane, this.sketch, {
      changed: (dragging) => this.changed(dragging),
      drawing: (kind, corners) => this.drawTools(kind, corners),
    });
    if (this.shown) this.show();
  }

  private begin(kind: Kind): void {
    const pressed = this.tools.get(kind)?.getAttribute('aria-pressed') === 'true';
    this.drawing?.begin(pressed ? null : kind);
  }

  private drawTools(kind: Kind | null, corners: number): void {
    for (const [name, tool] of this.tools) tool.setAttribute('aria-pressed', String(name === kind));
    this.middle.hidden = kind === null;
    this.done.hidden = kind === null || FEWEST[kind] === 1;
    this.done.disabled = kind === null || corners < FEWEST[kind];
    this.undo.disabled = !this.sketch.canUndo;
    this.redo.disabled = !this.sketch.canRedo;
    this.status.textContent = hint(kind, corners) || (this.sketch.shapes.length > 0 ? '' : IDLE);
  }

  private step(which: 'undo' | 'redo'): void {
    this.sketch[which]();
    this.redrawn();
  }

  private clear(): void {
    this.sketch.clear();
    this.opened = '';
    this.redrawn();
  }

  private redrawn(): void {
    this.drawing?.draw();
    this.changed(false);
  }

  /** What was drawn or filled in is another now. */
  private changed(dragging: boolean): void {
    this.drawTools(null, 0);
    const asked = this.asked();
    if (!asked) {
      this.replanner.drop();
      this.plan = null;
      fill(this.trouble);
      this.drawPlan();
      this.drawResult();
    } else if (dragging) this.replanner.soon({ ...asked, quick: true });
    else this.replanner.settle(asked);
  }

  private asked(): PlanAsked | null {
    const drawn = this.sketch.drawn();
    if (drawn.areas.length + drawn.lines.length + drawn.points.length === 0) return null;
    const home = this.sketch.home();
    return {
      ...this.form.numbers(),
      drawn,
      keep_outs: this.sketch.keepOuts(),
      ...(home ? { home } : {}),
      terrain: this.ground,
      opened: this.opened,
    };
  }

  private answered(plan: Plan): void {
    this.plan = plan;
    this.element.dataset['planned'] = String(Number(this.element.dataset['planned'] ?? 0) + 1);
    fill(this.trouble);
    this.drawPlan();
    this.drawResult();
  }

  private refused(error: unknown): void {
    this.plan = null;
    fill(this.trouble, inWords(error));
    this.drawPlan();
    this.drawResult();
  }

  private drawPlan(): void {
    if (!this.shown || !this.layer) return;
    if (this.plan) this.layer.plan(this.plan, this.result.footprints);
    else this.layer.clear();
  }

  private drawResult(): void {
    this.result.show(this.plan);
  }

  private async useGround(file: File): Promise<void> {
    this.groundName.textContent = `${file.name} is being sent…`;
    try {
      const ground = await api.sendGround(file);
      this.ground = ground.id;
      this.groundName.textContent = `${ground.name}, cells of ${ground.cell_m.toFixed(1)} m`;
      this.changed(false);
    } catch (error) {
      this.groundName.textContent = 'None: level ground is assumed.';
      throw error;
    }
  }

  private async read(file: File): Promise<void> {
    const found = await api.readPlan(file);
    if (found.drawing) {
      this.sketch.load(found.drawing);
      const { areas, lines, points } = found.drawing;
      this.look(boxOf([...areas.flat(2), ...lines.flat(), ...points]));
      this.redrawn();
    } else if (found.mission) {
      this.layer?.way(found.mission);
      this.look(boxOfWay(found.mission));
    }
    fill(
      this.reading,
      told(file.name, found, () => this.edit(found)),
    );
  }

  /** Draw again what an opened mission was made of, and plan it anew. */
  private edit({ editable, mission, opened }: PlanRead): void {
    if (!editable) return;
    const heights = mission?.way.map(([, , height]) => height).sort((a, b) => a - b) ?? [];
    const height = heights[Math.floor(heights.length / 2)] ?? null;
    if (editable.areas.length > 0) this.form.fit('survey', {}, height);
    else this.form.fit('corridor', { width_m: 0 }, height);
    this.sketch.clear();
    this.sketch.load(editable);
    if (mission?.home) this.sketch.add('home', [mission.home]);
    fill(this.reading);
    this.opened = opened;
    this.redrawn();
  }

  /** Keep what this opened mission did at its waypoints, from now on. */
  private carry(opened: string): void {
    this.opened = opened;
    this.changed(false);
  }

  private look(box: Box | null): void {
    if (box) this.pane?.show(box, CLOSEST_ZOOM);
  }
}
