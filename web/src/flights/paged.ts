/** The flights that fit a query, fetched page by page as they come into sight. */
import type { Flight, FlightSums, FlightsAnswer } from '../api/types';
import type { Rows } from '../dom/virtual-table';
import { type FlightQuery, pageParams } from '../state/query';
import { paced } from '../state/signal';

export const PAGE = 100;
const MOST_PAGES_HELD = 60;
export const RESTS_MS = 60;

export type Fetch = (params: URLSearchParams, signal: AbortSignal) => Promise<FlightsAnswer>;

export interface PagedListener {
  changed(): void;
  failed(error: unknown): void;
}

export interface Sums extends FlightSums {
  /** How many flights are in the sums; fewer than all where the server does not send sums. */
  of: number;
}

export class PagedFlights implements Rows<Flight> {
  total = 0;
  /** Whether the first answer to the present query has come. */
  ready = false;
  private pages = new Map<number, Flight[]>();
  private asked = new Set<number>();
  private stop = new AbortController();
  private sent: FlightSums | null = null;
  private query: FlightQuery | null = null;
  private wanted = { first: 0, end: 0 };
  /** The bar at the side may be drawn past hundreds of pages: only those where it rests for a moment are fetched. */
  private readonly fetchWanted = paced(RESTS_MS, () => this.loadWanted());

  constructor(
    private readonly fetch: Fetch,
    private readonly listener: PagedListener,
  ) {}

  /** Ask anew. With `keep`, the rows shown stay until the new ones come: for a refresh of the same query. */
  async ask(query: FlightQuery, keep = false): Promise<void> {
    this.stop.abort();
    this.stop = new AbortController();
    this.query = query;
    this.asked = new Set([0]);
    if (!keep) this.ready = false;
    await this.load(0, true);
  }

  get(index: number): Flight | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  need(first: number, end: number): void {
    this.wanted = { first, end };
    this.fetchWanted();
  }

  private loadWanted(): void {
    if (!this.ready || this.total === 0) return;
    const { first, end } = this.wanted;
    const last = Math.floor(Math.max(first, Math.min(end, this.total) - 1) / PAGE);
    for (let page = Math.floor(first / PAGE); page <= last; page++) {
      if (this.asked.has(page)) continue;
      this.asked.add(page);
      void this.load(page, false);
    }
  }

  /** Every row that has been fetched and not been let go. */
  held(): Flight[] {
    return [...this.pages.values()].flat();
  }

  sums(): Sums {
    if (this.sent) return { ...this.sent, of: this.total };
    const held = this.held();
    const rows = held.filter((flight) => !flight.bench);
    const sum = (of: (flight: Flight) => number | null) =>
      rows.reduce((all, flight) => all + (of(flight) ?? 0), 0);
    return { airborne_s: sum((f) => f.airborne_s), distance_m: sum((f) => f.distance_m), of: held.length };
  }

  private async load(page: number, fresh: boolean): Promise<void> {
    if (!this.query) return;
    const { signal } = this.stop;
    try {
      const answer = await this.fetch(pageParams(this.query, page * PAGE, PAGE), signal);
      if (signal.aborted) return;
      if (fresh) this.pages.clear();
      this.take(page, answer);
    } catch (error) {
      if (signal.aborted) return;
      this.asked.delete(page);
      this.listener.failed(error);
    }
  }

  private take(page: number, answer: FlightsAnswer): void {
    this.total = answer.total;
    this.sent = answer.sums ?? this.sent;
    this.ready = true;
    this.pages.set(page, answer.flights);
    this.forget(page);
    this.listener.changed();
  }

  /** Let go of the pages furthest from the one just come. */
  private forget(near: number): void {
    const furthest = [...this.pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of furthest.slice(0, Math.max(0, this.pages.size - MOST_PAGES_HELD))) {
      this.pages.delete(page);
      this.asked.delete(page);
    }
  }
}
