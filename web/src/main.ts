/** Put the page together: one map, one frame, and the view that the address names. */
import '@fontsource-variable/ibm-plex-sans/wght.css';
import '@fontsource/ibm-plex-mono/latin-400.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/list.css';
import './styles/map.css';
import './styles/flight.css';
import './styles/small.css';
import * as api from './api/client';
import { followEvents } from './api/events';
import { fill, h } from './dom/h';
import { failure } from './dom/parts';
import { FilesPage } from './files/page';
import { FlightPage } from './flight/page';
import { FlightsPage } from './flights/page';
import { type Frame, makeFrame } from './frame';
import { makeJobs } from './jobs/panel';
import { startKeys } from './keys';
import { type MapPane, makeMapPane } from './map/pane';
import { addTrackLayer, type TrackLayer } from './map/track-layer';
import { EVERYTHING, type FlightQuery } from './state/query';
import { flightsAddress, go, nameRoutes, type Route, route, startRoute } from './state/route';
import { startTheme } from './state/settings';
import { paced } from './state/signal';
import { makeUploads } from './uploads/tray';
import { VIEWS, Views } from './views';

/** While an ingest runs, events come many a second; lists are asked for again this often at most. */
const REFRESH_MS = 1500;
/** The list is drawn before the map is made, which keeps the page busy; a slow answer is not waited for longer. */
const LIST_FIRST_MS = 1000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

class Page {
  private readonly jobs = makeJobs();
  private readonly refreshSoon = paced(REFRESH_MS, () => this.refresh());
  private readonly uploads = makeUploads(() => this.refreshSoon());
  private readonly frame: Frame = makeFrame({ jobs: this.jobs, uploads: this.uploads });
  private readonly flights: FlightsPage;
  private files: FilesPage | null = null;
  private flight: FlightPage | null = null;
  private map: { pane: MapPane; layer: TrackLayer } | null = null;
  private query: FlightQuery = EVERYTHING;
  private mapMade: (pane: MapPane) => void = () => undefined;
  private readonly views = new Views(
    { map: new Promise((resolve) => (this.mapMade = resolve)), deck: this.frame.deck },
    this.frame.panel,
  );
  private asked = 0;

  constructor(root: Element) {
    root.append(this.frame.element);
    const first = route.get();
    if (first.view === 'flights') this.query = first.query;
    this.flights = new FlightsPage(this.query);
    this.frame.panel.append(this.flights.element);
    this.keys();
  }

  async start(): Promise<void> {
    route.watch((at) => this.show(at));
    followEvents({ happened: () => this.refreshSoon(), connected: (yes) => this.frame.connected(yes) });
    void this.jobs.refresh();
    const told = api.about().catch((error: unknown) => {
      this.frame.main.prepend(h('div', { class: 'top-message' }, failure(error)));
      return null;
    });
    await Promise.race([this.flights.listed, pause(LIST_FIRST_MS)]);
    await this.startMap(told);
  }

  private async startMap(told: Promise<Awaited<ReturnType<typeof api.about>> | null>): Promise<void> {
    try {
      const pane = await makeMapPane();
      this.flights.useMap(pane);
      this.map = { pane, layer: addTrackLayer(pane) };
      this.mapMade(pane);
      this.show(route.get());
    } catch (error) {
      const slot = document.querySelector('#map-slot');
      if (slot) fill(slot, failure(error));
    }
    const about = await told;
    if (!about) return;
    this.frame.archive(about.archive.simulated, about.version);
    this.map?.pane.attribute(about.attributions);
    if (about.basemap_pmtiles) await this.map?.pane.useOwnerTiles();
  }

  private show(at: Route): void {
    this.asked += 1;
    this.frame.current(at.view === 'other' ? at.name : at.view, this.isWide(at));
    if (at.view === 'other') void this.showOther(at);
    else this.views.hide();
    if (at.view !== 'flight' || at.id !== this.flight?.id) this.closeFlight();
    this.flights.element.hidden = at.view !== 'flights';
    if (this.files) this.files.element.hidden = at.view !== 'files';
    if (at.view === 'flights') this.showFlights(at.query);
    if (at.view === 'files') this.showFiles(at.state);
    if (at.view === 'flight') this.showFlight(at.id);
  }

  private isWide(at: Route): boolean {
    return at.view === 'other' && this.views.kind(at.name)?.wide === true;
  }

  private async showOther(at: Route & { view: 'other' }): Promise<void> {
    const asked = this.asked;
    this.flights.onMap(false);
    document.title = `${this.views.kind(at.name)?.label ?? ''} · Groundside`;
    await this.views.show(at.name, at.path, at.params);
    if (asked !== this.asked && route.get().view !== 'other') this.views.hide();
  }

  private showFlights(query: FlightQuery): void {
    document.title = 'Flights · Groundside';
    this.query = query;
    this.flights.show(query);
    this.flights.onMap(true);
  }

  private showFiles(state: string): void {
    document.title = 'Files · Groundside';
    if (!this.files) {
      this.files = new FilesPage();
      this.frame.panel.append(this.files.element);
    }
    this.files.show(state);
  }

  private showFlight(id: string): void {
    this.flights.onMap(false);
    if (this.flight || !this.map) return;
    const back = flightsAddress(this.query);
    this.flight = new FlightPage(id, { ...this.map, deck: this.frame.deck, back });
    this.frame.panel.append(this.flight.element);
    this.flight.element.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  private closeFlight(): void {
    this.flight?.close();
    this.flight?.element.remove();
    this.flight = null;
  }

  private refresh(): void {
    void this.jobs.refresh();
    const { view } = route.get();
    if (view === 'flights') this.flights.refresh();
    else this.flights.outdate();
    if (view === 'files') void this.files?.refresh();
    if (view === 'other') this.views.refresh();
    if (view === 'flight') void this.flight?.refresh();
  }

  private keys(): void {
    startKeys({
      search: () => {
        if (route.get().view !== 'flights') go(flightsAddress(this.query));
        requestAnimationFrame(() => document.querySelector<HTMLInputElement>('#search')?.focus());
      },
      help: () => this.frame.help.showModal(),
      upload: () => this.uploads.input.click(),
      back: () => {
        if (route.get().view !== 'flights') go(flightsAddress(this.query));
      },
      view: (event) => this.flight?.key(event) ?? false,
    });
  }
}

startTheme();
nameRoutes(VIEWS.map((each) => each.name));
startRoute();
const root = document.querySelector('#app');
if (root) void new Page(root).start();
