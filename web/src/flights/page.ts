/** The main view: every flight that fits the filters, as a table and on the map together. */
import * as api from '../api/client';
import type { Flight, FlightLine } from '../api/types';
import { fill, h } from '../dom/h';
import { failure, message, quantity } from '../dom/parts';
import { VirtualTable } from '../dom/virtual-table';
import { addHeat, type Heat } from '../map/heat';
import { addNearLayer, boxOfNear, type NearLayer } from '../map/near-layer';
import { addOverview, boxOfLines, type Overview } from '../map/overview';
import type { MapPane } from '../map/pane';
import type { Box } from '../map/shapes';
import { type FlightQuery, filterParams, SORTS } from '../state/query';
import { flightAddress, flightsAddress, go, replace } from '../state/route';
import { units } from '../state/settings';
import { paced } from '../state/signal';
import { count, distance, hours } from '../text/units';
import { aircraftName, plural } from '../text/words';
import { type Card, makeCard } from './card';
import { Chosen } from './chosen';
import { COLUMNS } from './columns';
import { type Filters, makeFilters } from './filters';
import { PagedFlights } from './paged';

/** Lines are megabytes in a large archive: asked for again this often at most. */
const LINES_MS = 6000;

export class FlightsPage {
  readonly element: HTMLElement;
  readonly filters: Filters;
  /** When the rows of the last question have come, or it failed. */
  listed: Promise<void> = Promise.resolve();
  private readonly rows: PagedFlights;
  private readonly table: VirtualTable<Flight>;
  private readonly chosen = new Chosen(() => this.table.refresh());
  private readonly summary = h('dl', { class: 'summary', attrs: { 'aria-live': 'polite' } });
  private readonly state = h('div', { class: 'list-state' });
  private overview: Overview | null = null;
  private near: NearLayer | null = null;
  private heat: Heat | null = null;
  private card: Card | null = null;
  private pane: MapPane | null = null;
  private fitted: string | null = null;
  private box: Box | null = null;
  private lines: FlightLine[] = [];
  private mapped: { lines: FlightLine[] | null; extra: string } = { lines: null, extra: '' };
  private stale = false;
  private mapShown: boolean | null = null;
  private linesAsked = new AbortController();
  private readonly linesAgain = paced(LINES_MS, () => void this.loadLines());

  constructor(private query: FlightQuery) {
    this.rows = new PagedFlights((params, signal) => api.flights(params, signal), {
      changed: () => this.drawn(),
      failed: (error) => fill(this.state, failure(error)),
    });
    this.filters = makeFilters(
      {
        changed: (next) => replace(flightsAddress(next)),
        choosePlace: (chosen) => this.near?.choose(chosen) ?? (() => undefined),
      },
      query,
    );
    this.table = this.makeTable();
    this.table.element.addEventListener('keydown', (event) => this.chosen.key(event));
    const parts = [this.summary, this.filters.element, this.state, this.chosen.element, this.table.element];
    this.element = h('section', { class: 'flights', attrs: { 'aria-label': 'Flights' } }, ...parts);
    units.watch(() => this.drawn());
  }

  /** Show what a query finds; asked again only if it differs from what is shown. */
  show(query: FlightQuery): void {
    const same = flightsAddress(query) === flightsAddress(this.query) && this.rows.ready;
    if (same && this.stale) this.refresh();
    this.query = query;
    this.filters.show(query);
    this.table.showSort(query.sort, query.descending);
    this.near?.show(query.near);
    if (same) return;
    this.table.toTop();
    this.listed = this.rows.ask(query);
    this.heat?.refresh();
    void this.loadLines();
  }

  /** Something in the archive changed: ask again, and keep the place in the list. */
  refresh(): void {
    this.stale = false;
    void this.rows.ask(this.query, true);
    this.heat?.refresh();
    this.linesAgain();
  }

  /** Something changed while another view was in sight: ask again when this one is. */
  outdate(): void {
    this.stale = true;
  }

  useMap(pane: MapPane): void {
    this.pane = pane;
    this.near = addNearLayer(pane);
    this.near.show(this.query.near);
    this.card = makeCard({
      fetch: (id) => api.flight(id),
      selected: (id) => {
        this.table.select(id, true);
        this.overview?.select(id);
      },
    });
    pane.element.append(this.card.element);
    const card = this.card;
    this.overview = addOverview(pane, {
      hovered: (id) => this.hover(id),
      picked: (ids) => card.show(ids),
    });
    this.heat = addHeat(pane, {
      fetch: api.heat,
      filters: () => filterParams(this.query),
      shown: (yes) => this.overview?.visible(!yes && this.mapShown !== false),
      failed: (error) => fill(this.state, failure(error)),
    });
    void this.loadLines();
  }

  /** Show or hide what this view draws on the map. */
  onMap(yes: boolean): void {
    if (!this.overview || this.mapShown === yes) return;
    this.mapShown = yes;
    this.overview.visible(yes && !this.heat?.on);
    this.heat?.visible(yes);
    this.near?.show(yes ? this.query.near : null);
    this.hover(null);
    if (!yes) this.card?.close();
    else if (this.box) this.pane?.show(this.box, 15);
  }

  private makeTable(): VirtualTable<Flight> {
    return new VirtualTable<Flight>({
      label: 'Flights',
      tableId: 'flights-table',
      idAttribute: 'data-flight-id',
      columns: [this.chosen.column, ...COLUMNS],
      rows: this.rows,
      listener: {
        id: (flight) => flight.id,
        opened: (flight) => go(flightAddress(flight.id)),
        hovered: (flight) => this.hover(flight?.id ?? null),
        sorted: (key) => this.sort(key),
      },
    });
  }

  private sort(key: string): void {
    const sort = SORTS.find((candidate) => candidate === key);
    if (!sort) return;
    const descending =
      this.query.sort === sort ? !this.query.descending : !['place', 'aircraft'].includes(sort);
    replace(flightsAddress({ ...this.query, sort, descending }));
  }

  private hover(id: string | null): void {
    this.overview?.hover(id);
  }

  private drawn(): void {
    this.table.refresh();
    this.drawSummary();
    if (this.overview) this.drawMap();
    const { total, ready } = this.rows;
    const nothing = ready && total === 0;
    fill(this.state, nothing ? this.nothingFound() : null);
    const first = Array.from({ length: Math.min(total, 100) }, (_, i) => this.rows.get(i)).filter(
      (row) => row !== undefined,
    );
    this.filters.suggest([...new Set(first.map(aircraftName))].sort());
  }

  private nothingFound(): HTMLElement {
    const filtered = [...filterParams(this.query).keys()].length > 0;
    return filtered
      ? message(
          'plain',
          'No flight fits these filters.',
          'Clear a filter, or look in Files for logs that hold no flight.',
        )
      : message(
          'plain',
          'No flights yet.',
          'Drop logs anywhere on this page, or run: groundside ingest FOLDER',
        );
  }

  private drawSummary(): void {
    const { total } = this.rows;
    const sums = this.rows.sums();
    const part = sums.of < total ? ` (first ${count(sums.of)})` : '';
    const fact = (name: string, value: Node | string, attrs = {}) =>
      h('div', {}, h('dt', {}, name), h('dd', { attrs }, value));
    fill(
      this.summary,
      fact(total === 1 ? 'Flight' : 'Flights', count(total), { 'data-total': total }),
      fact(`Airborne${part}`, quantity(hours(sums.airborne_s))),
      fact(`Distance${part}`, quantity(distance(sums.distance_m, units.get()))),
    );
    this.summary.title = part ? `Sums are of ${plural(sums.of, 'flight')} of ${count(total)}` : '';
  }

  /** Lines as the server sent them, and a point for each flight in the list that has a home but no line. */
  private drawMap(): void {
    const drawn = new Set(this.lines.map(({ id }) => id));
    const pathless = this.rows.held().filter(({ id, home }) => home !== null && !drawn.has(id));
    const extra = pathless.map(({ id, home }) => ({ id, parts: home ? [[home]] : [] }));
    const key = extra.map(({ id }) => id).join();
    if (this.mapped.lines === this.lines && this.mapped.extra === key) return;
    this.mapped = { lines: this.lines, extra: key };
    this.overview?.set([...this.lines, ...extra]);
  }

  private async loadLines(): Promise<void> {
    if (!this.overview || !this.pane) return;
    this.linesAsked.abort();
    this.linesAsked = new AbortController();
    const { signal } = this.linesAsked;
    const params = filterParams(this.query);
    try {
      const { lines, truncated } = await api.lines(params, signal);
      if (signal.aborted) return;
      this.lines = lines;
      this.drawMap();
      this.pane.element.dataset['truncated'] = truncated
        ? `Map shows ${plural(lines.length, 'flight')}; narrow the filters for the rest`
        : '';
      this.box = this.query.near ? boxOfNear(this.query.near) : boxOfLines(lines);
      const asked = `${params}`;
      if (this.box && this.fitted !== asked && this.mapShown !== false) this.pane.show(this.box, 15);
      this.fitted = asked;
    } catch (error) {
      if (!signal.aborted) fill(this.state, failure(error));
    }
  }
}
