/** What was found in photos: a list that can be narrowed down, pins on the map, one finding with its history. */
import '../styles/photos.css';
import '../styles/findings.css';
import { fill, h } from '../dom/h';
import { failure, message } from '../dom/parts';
import { go, replace } from '../state/route';
import { settled } from '../state/signal';
import { count } from '../text/units';
import type { View, World } from '../views';
import * as api from './api';
import { assetsPart } from './assets';
import { addFindingLayer, type FindingLayer } from './layer';
import { onePart } from './one';
import { errorText, findingsAddress, severityBadge, statusBadge } from './parts';
import { type Asked, boxText, changed, questionOf } from './question';

const RESTS_MS = 250;

export function makeView(world: World): View {
  return new Findings(world);
}

class Findings implements View {
  readonly element: HTMLElement;
  private params = new URLSearchParams();
  private path: string[] = [];
  private visible = false;
  private framed = false;
  private framedOne = '';
  private layer: FindingLayer | null = null;
  private found: api.Finding[] = [];
  private assets: api.Asset[] = [];
  private asked = 0;
  private readonly head = h('header', { class: 'findings-head' });
  private readonly body = h('div', { class: 'findings-body' });

  constructor(world: World) {
    this.element = h(
      'section',
      { class: 'findings', attrs: { 'aria-label': 'Findings' } },
      this.head,
      this.body,
    );
    const moved = settled(RESTS_MS, () => this.followMap());
    void world.map.then((pane) => {
      this.layer = addFindingLayer(pane, (id) => go(findingsAddress(this.params, id)));
      this.layer.whenMoved(moved);
      if (this.visible) this.onMap();
      else this.layer.clear();
    });
  }

  show(path: string[], params: URLSearchParams): void {
    this.visible = true;
    this.path = path;
    this.params = questionOf(params);
    this.drawHead(); // at once: the report is that of the address, not of the list before
    void this.load();
  }

  refresh(): void {
    if (!this.body.querySelector('form')) void this.load(); // what is being written stays
  }

  hide(): void {
    this.visible = false;
    this.layer?.clear();
  }

  private async load(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    try {
      const [found, assets] = await Promise.all([api.findings(this.params), api.assets()]);
      if (mine !== this.asked || !this.visible) return;
      [this.found, this.assets] = [found, assets];
      this.draw();
      this.onMap();
    } catch (error) {
      if (mine === this.asked) fill(this.body, failure(error));
    }
  }

  private onMap(): void {
    if (!this.layer) return;
    const [chosen = ''] = this.path;
    const one = this.found.filter((each) => each.id === chosen);
    if (one.length > 0 && chosen !== this.framedOne) this.layer.frame(one);
    else if (!this.framed && !this.params.has('box')) this.layer.frame(this.found);
    this.framed ||= this.found.some((each) => each.ground);
    this.framedOne = chosen;
    this.layer.show(this.found, chosen);
  }

  /** Where only what the map shows is listed, the list follows the map. */
  private followMap(): void {
    if (!this.visible || !this.layer || !this.params.has('box')) return;
    const box = boxText(this.layer.box());
    if (box !== this.params.get('box')) this.narrow('box', box);
  }

  private narrow(name: Asked, value: string): void {
    replace(findingsAddress(changed(this.params, name, value)));
  }

  private draw(): void {
    const [first = ''] = this.path;
    this.drawHead();
    if (first === 'assets')
      fill(
        this.body,
        assetsPart(this.assets, () => void this.load()),
      );
    else if (first) void this.drawOne(first);
    else fill(this.body, this.list());
  }

  private async drawOne(id: string): Promise<void> {
    try {
      const one = await api.finding(id);
      if (this.path[0] !== id) return;
      const types = [...new Set(this.found.map((each) => each.type))];
      const back = findingsAddress(this.params);
      fill(
        this.body,
        onePart(one, this.assets, types, back, () => void this.load()),
      );
    } catch (error) {
      if (this.path[0] === id) fill(this.body, failure(error));
    }
  }

  private list(): HTMLElement {
    if (this.found.length === 0) {
      return this.params.size > 0
        ? message('plain', 'No finding fits.', 'Take a filter away.')
        : message('plain', 'Nothing was found yet.', 'Open a photo and press "Pin a finding".');
    }
    return h('ul', { class: 'finding-rows' }, ...this.found.map((each) => this.row(each)));
  }

  private row(of: api.Finding): HTMLElement {
    const said = [of.asset, of.assigned && `for ${of.assigned}`, of.ground ? errorText(of) : 'no place'];
    return h(
      'li',
      { data: { finding: of.id } },
      h(
        'a',
        { attrs: { href: findingsAddress(this.params, of.id) } },
        h('span', { class: 'badges' }, severityBadge(of), statusBadge(of)),
        h('strong', {}, of.type),
        h('span', { class: 'second' }, said.filter(Boolean).join(' · ')),
        h('span', { class: 'second' }, of.note ? `${of.file}: ${of.note}` : of.file),
      ),
    );
  }

  private drawHead(): void {
    const [first = ''] = this.path;
    const onAssets = first === 'assets';
    const tab = (label: string, address: string, here: boolean) =>
      h('a', { attrs: { href: address, 'aria-current': here ? 'page' : null } }, label);
    const total = `${count(this.found.length)} ${this.found.length === 1 ? 'finding' : 'findings'}`;
    fill(
      this.head,
      h(
        'div',
        { class: 'photo-title' },
        h('h1', {}, 'Findings'),
        h('span', { class: 'photo-total', attrs: { role: 'status' } }, onAssets ? '' : total),
      ),
      h(
        'nav',
        { class: 'tabs', attrs: { 'aria-label': 'Findings and assets' } },
        tab('Findings', findingsAddress(this.params), !onAssets),
        tab('Assets', '#/findings/assets', onAssets),
      ),
      first ? null : this.filters(),
      first ? null : this.reports(),
    );
  }

  private filters(): HTMLElement {
    const pick = (label: string, name: Asked, options: readonly string[]) => {
      const made = options.map((value) =>
        h('option', { attrs: { value, selected: value === this.params.get(name) } }, value),
      );
      const control = h(
        'select',
        { attrs: { name: `filter-${name}` }, onchange: () => this.narrow(name, control.value) },
        h('option', { attrs: { value: '' } }, 'all'),
        ...made,
      );
      return h('label', { class: 'field' }, h('span', {}, label), control);
    };
    const tick = h('input', {
      attrs: { type: 'checkbox', name: 'filter-box', checked: this.params.has('box') },
      onchange: () => this.narrow('box', tick.checked && this.layer ? boxText(this.layer.box()) : ''),
    });
    return h(
      'div',
      { class: 'finding-filters' },
      pick('Status', 'status', api.STATUSES),
      pick('Severity', 'severity', api.SEVERITIES),
      pick(
        'Asset',
        'asset',
        this.assets.map(({ name }) => name),
      ),
      h('label', { class: 'tick' }, tick, 'Only what the map shows'),
    );
  }

  /** The report holds what is listed, and nothing else. */
  private reports(): HTMLElement {
    const link = (kind: 'pdf' | 'geojson', label: string) =>
      h(
        'a',
        {
          class: 'button',
          attrs: { href: api.reportAddress(kind, this.params), download: `findings.${kind}` },
        },
        label,
      );
    return h(
      'div',
      { class: 'form-buttons' },
      link('pdf', 'Report as PDF'),
      link('geojson', 'Report as GeoJSON'),
    );
  }
}
