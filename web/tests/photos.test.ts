/** The gallery: which photos are asked for, images taken apart, and how few cells stand in the page. */
import { describe, expect, test } from 'vitest';
import { type Photo, unframed } from '../src/photos/api';
import { PhotoGrid, when } from '../src/photos/grid';
import { HeldPhotos, Images, PAGE } from '../src/photos/held';
import { areaOf } from '../src/photos/layer';
import { changed, photosAddress, questionOf, seenPlace } from '../src/photos/question';

const photo = (n: number): Photo => ({
  id: n.toString(16).padStart(32, '0'),
  file: `DJI_${n}.JPG`,
  kind: 'photo',
  format: 'jpeg',
  utc: null,
  camera_clock: '2026-05-01T10:00:00',
  position: [7.5, 46.9],
  placed_by: 'file',
  camera: 'DJI',
  width_px: 4000,
  height_px: 3000,
  off_nadir_deg: 1,
  gsd_m: 0.02,
  outline: [
    [
      [7, 46],
      [8, 46],
      [8, 47],
      [7, 46],
    ],
  ],
  why_no_footprint: null,
  join: { flight: null, how: '', clock_offset_s: null, clock_error_s: null, away_m: null, why: '' },
  away_m: null,
  seen_off_nadir_deg: null,
});

describe('the question', () => {
  test('keeps what the server knows and drops the rest', () => {
    expect(questionOf(new URLSearchParams('camera=fc&colour=red&to=')).toString()).toBe('camera=fc');
  });

  test('is changed by one part', () => {
    const asked = changed(new URLSearchParams('camera=fc'), 'seeing', '7,46');
    expect(photosAddress(asked)).toBe('#/photos?camera=fc&seeing=7%2C46');
    expect(photosAddress(changed(asked, 'seeing', ''), 'ab')).toBe('#/photos/ab?camera=fc');
  });

  test('names a place, or none', () => {
    expect(seenPlace(new URLSearchParams('seeing=7.5,46.9'))).toEqual([7.5, 46.9]);
    expect(seenPlace(new URLSearchParams('seeing=x'))).toBeNull();
    expect(seenPlace(new URLSearchParams())).toBeNull();
  });
});

test('images come one after the other, each after its length, and none is none', async () => {
  const bytes = new Uint8Array([2, 0, 0, 0, 255, 216, 0, 0, 0, 0, 1, 0, 0, 0, 7]);
  const images = unframed(bytes.buffer);
  expect(images.map((image) => image?.size ?? null)).toEqual([2, null, 1]);
});

test('of a hundred thousand photos only those in sight stand in the page', () => {
  const seen: number[][] = [];
  const grid = new PhotoGrid(
    { total: 100_000, get: photo, address: () => undefined },
    { inSight: (first, end) => seen.push([first, end]), opened: () => undefined, pointed: () => undefined },
  );
  Object.defineProperty(grid.element, 'clientWidth', { value: 600 });
  Object.defineProperty(grid.element, 'clientHeight', { value: 800 });
  grid.refresh();
  expect(grid.element.querySelectorAll('.photo-cell').length).toBeLessThan(100);
  grid.element.scrollTop = 1_000_000;
  grid.element.dispatchEvent(new Event('scroll'));
  expect(grid.element.querySelectorAll('.photo-cell').length).toBeLessThan(100);
  expect(seen.at(-1)?.[0]).toBeGreaterThan(10_000);
});

test('pages are asked for once, where they are wanted', async () => {
  const asked: string[] = [];
  const held = new HeldPhotos(
    (query) => {
      asked.push(query.get('offset') ?? '');
      const first = Number(query.get('offset'));
      return Promise.resolve({
        photos: Array.from({ length: PAGE }, (_, i) => photo(first + i)),
        total: 5 * PAGE,
      });
    },
    { changed: () => undefined, failed: () => undefined },
  );
  await held.ask(new URLSearchParams());
  held.need(2 * PAGE, 2 * PAGE + 10);
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(asked).toEqual(['0', String(2 * PAGE)]);
  expect(held.get(2 * PAGE + 1)?.file).toBe(`DJI_${2 * PAGE + 1}.JPG`);
  expect(held.get(PAGE)).toBeUndefined();
  expect(held.indexOf(photo(3).id)).toBe(3);
});

test('images that went out of sight are not asked for', async () => {
  const asked: number[] = [];
  const images = new Images(
    () => undefined,
    async (ids) => {
      asked.push(ids.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ids.map(() => null);
    },
  );
  images.want(Array.from({ length: 150 }, (_, n) => String(n)));
  images.want(['a', 'b']);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(asked).toEqual([60, 2]);
  expect(images.address('a')).toBeNull();
  expect(images.address('149')).toBeUndefined();
});

test('a camera clock without a zone says so', () => {
  expect(when(photo(1))).toBe('2026-05-01 10:00:00 (zone unknown)');
  expect(when({ ...photo(1), utc: '2026-05-01T08:00:00Z' })).toBe('2026-05-01 08:00:00 UTC');
});

test('an outline of two rings is two polygons', () => {
  const one = photo(1).outline?.[0] ?? [];
  const area = areaOf({ ...photo(1), outline: [one, one] });
  expect(area?.geometry.type === 'MultiPolygon' && area.geometry.coordinates.length).toBe(2);
  expect(areaOf({ ...photo(1), outline: null })).toBeNull();
});
