/** Photos that fit a question, fetched page by page as they come into sight; and their small images. */
import { paced } from '../state/signal';
import { type Photo, type PhotosAnswer, thumbnails } from './api';

export const PAGE = 200;
const MOST_PAGES_HELD = 20;
const RESTS_MS = 40;
const AT_ONCE = 60;
const MOST_IMAGES = 3000;

type Fetch = (query: URLSearchParams, signal: AbortSignal) => Promise<PhotosAnswer>;

export interface HeldListener {
  changed(): void;
  failed(error: unknown): void;
}

export class HeldPhotos {
  total = 0;
  ready = false;
  private pages = new Map<number, Photo[]>();
  private asked = new Set<number>();
  private stop = new AbortController();
  private query = new URLSearchParams();
  private wanted = { first: 0, end: 0 };
  private readonly soon = paced(RESTS_MS, () => this.load());

  constructor(
    private readonly fetch: Fetch,
    private readonly listener: HeldListener,
  ) {}

  async ask(query: URLSearchParams): Promise<void> {
    this.stop.abort();
    this.stop = new AbortController();
    this.query = query;
    this.ready = false;
    this.asked = new Set([0]);
    await this.page(0, true);
  }

  get(index: number): Photo | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Every photo that is held, in order. */
  all(): Photo[] {
    return [...this.pages.entries()].sort(([a], [b]) => a - b).flatMap(([, page]) => page);
  }

  indexOf(id: string): number {
    for (const [page, photos] of this.pages) {
      const at = photos.findIndex((photo) => photo.id === id);
      if (at >= 0) return page * PAGE + at;
    }
    return -1;
  }

  need(first: number, end: number): void {
    this.wanted = { first, end };
    this.soon();
  }

  private load(): void {
    if (!this.ready || this.total === 0) return;
    const last = Math.floor(Math.max(0, Math.min(this.wanted.end, this.total) - 1) / PAGE);
    for (let page = Math.floor(this.wanted.first / PAGE); page <= last; page++) {
      if (this.asked.has(page)) continue;
      this.asked.add(page);
      void this.page(page, false);
    }
  }

  private async page(page: number, fresh: boolean): Promise<void> {
    const { signal } = this.stop;
    const query = new URLSearchParams(this.query);
    query.set('limit', String(PAGE));
    query.set('offset', String(page * PAGE));
    try {
      const answer = await this.fetch(query, signal);
      if (signal.aborted) return;
      if (fresh) this.pages.clear();
      this.total = answer.total;
      this.ready = true;
      this.pages.set(page, answer.photos);
      this.forget(page);
      this.listener.changed();
    } catch (error) {
      if (signal.aborted) return;
      this.asked.delete(page);
      this.listener.failed(error);
    }
  }

  private forget(near: number): void {
    const furthest = [...this.pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of furthest.slice(0, Math.max(0, this.pages.size - MOST_PAGES_HELD))) {
      this.pages.delete(page);
      this.asked.delete(page);
    }
  }
}

/** Small images by photo: asked for many at once, the last wanted first, and let go of when there are too many. */
export class Images {
  private readonly made = new Map<string, string | null>();
  private wanted: string[] = [];
  private busy = false;

  constructor(
    private readonly came: (id: string) => void,
    private readonly fetch: (ids: readonly string[]) => Promise<(Blob | null)[]> = thumbnails,
  ) {}

  /** The address of an image; null where there is none; undefined while it is not here yet. */
  address(id: string): string | null | undefined {
    return this.made.get(id);
  }

  /** Say which images are in sight: those not here are fetched, and nothing else. */
  want(ids: readonly string[]): void {
    this.wanted = ids.filter((id) => !this.made.has(id));
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    while (this.wanted.length > 0) {
      const ids = this.wanted.splice(0, AT_ONCE);
      const images = await this.fetch(ids).catch(() => null);
      if (images === null) break;
      ids.forEach((id, i) => {
        const blob = images[i];
        this.made.set(id, blob ? URL.createObjectURL(blob) : null);
        this.came(id);
      });
      this.forget();
    }
    this.busy = false;
  }

  private forget(): void {
    for (const [id, address] of this.made) {
      if (this.made.size <= MOST_IMAGES) return;
      if (address) URL.revokeObjectURL(address);
      this.made.delete(id);
    }
  }
}
