/** A large picture in tiles: which are in sight at which level, and those that came, let go of with the picture. */
import { API, ask, refusal, unreachable } from '../api/client';
import { unframed } from './api';
import type { Rect, Size } from './turning';

export interface Layout {
  width_px: number;
  height_px: number;
  orientation: number;
  tile_px: number;
  levels: number;
}

export interface Tile {
  level: number;
  column: number;
  row: number;
}

/** As many as the server gives at once. */
export const MOST_AT_ONCE = 64;
const MOST_KEPT = 200;

export const layoutOf = (id: string) => ask<Layout>(`/photos/${id}/layout`);

/** The picture's size before it was turned upright. */
export function storedSize({ width_px: width, height_px: height, orientation }: Layout): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** The smallest level that still has a pixel for each pixel of the screen. */
export function levelFor(scale: number, levels: number): number {
  const halvings = Math.floor(Math.log2(1 / scale) + 1e-9);
  return Math.max(0, Math.min(levels - 1, halvings));
}

/** The tiles of a level that show some part of a box of the picture, row by row. */
export function tilesIn(box: Rect, level: number, layout: Layout): Tile[] {
  const side = layout.tile_px * 2 ** level;
  const last = (size: number) => Math.max(0, Math.ceil(Math.ceil(size / 2 ** level) / layout.tile_px) - 1);
  const range = (from: number, length: number, size: number): number[] => {
    const first = Math.max(0, Math.floor(from / side));
    const end = Math.min(last(size), Math.floor((from + length) / side));
    return Array.from({ length: Math.max(0, end - first + 1) }, (_, i) => first + i);
  };
  const columns = range(box.x, box.width, layout.width_px);
  return range(box.y, box.height, layout.height_px).flatMap((row) =>
    columns.map((column) => ({ level, column, row })),
  );
}

/** Where a tile lies in the picture at full size. */
export function placeOf({ level, column, row }: Tile, layout: Layout): Rect {
  const side = layout.tile_px * 2 ** level;
  const [x, y] = [column * side, row * side];
  return {
    x,
    y,
    width: Math.min(side, layout.width_px - x),
    height: Math.min(side, layout.height_px - y),
  };
}

const keyOf = ({ level, column, row }: Tile) => `${level}/${column}-${row}`;

export async function fetchTiles(id: string, tiles: readonly Tile[], signal: AbortSignal): Promise<Blob[]> {
  const of = tiles.map(({ column, row }) => `${column}-${row}`).join(',');
  const address = `${API}/photos/${id}/tiles?level=${tiles[0]?.level ?? 0}&of=${of}`;
  const response = await fetch(address, { credentials: 'same-origin', signal }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return unframed(await response.arrayBuffer()).filter((each) => each !== null);
}

/** The tiles of one picture that are here. */
export class HeldTiles {
  private readonly held = new Map<string, ImageBitmap>();
  private readonly stop = new AbortController();
  private readonly asked = new Set<string>();

  constructor(
    readonly id: string,
    private readonly came: () => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  get(tile: Tile): ImageBitmap | undefined {
    return this.held.get(keyOf(tile));
  }

  /** Ask for those that are not here. */
  async want(tiles: readonly Tile[]): Promise<void> {
    const missing = tiles.filter((tile) => !this.held.has(keyOf(tile)) && !this.asked.has(keyOf(tile)));
    const now = missing.slice(0, MOST_AT_ONCE);
    if (now.length === 0) return;
    for (const tile of now) this.asked.add(keyOf(tile));
    try {
      const blobs = await fetchTiles(this.id, now, this.stop.signal);
      const images = await Promise.all(blobs.map((blob) => createImageBitmap(blob)));
      if (this.stop.signal.aborted) return;
      now.forEach((tile, i) => {
        const image = images[i];
        if (image) this.held.set(keyOf(tile), image);
      });
      for (const tile of now) this.asked.delete(keyOf(tile));
      this.forget();
      this.came();
    } catch (error) {
      if (!this.stop.signal.aborted) this.failed(error); // they stay asked for: they would be refused again
    }
  }

  close(): void {
    this.stop.abort();
    for (const image of this.held.values()) image.close();
    this.held.clear();
  }

  private forget(): void {
    for (const [key, image] of this.held) {
      if (this.held.size <= MOST_KEPT) return;
      image.close();
      this.held.delete(key);
    }
  }
}
