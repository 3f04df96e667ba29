/** Looking closely at photos, findings and the review queue: what can be told without a browser. */
import { describe, expect, test, vi } from 'vitest';
import type { Asset, Finding, Version } from '../src/findings/api';
import { ordered } from '../src/findings/assets';
import { difference, findingForm } from '../src/findings/form';
import { ellipseRing } from '../src/findings/layer';
import { changes } from '../src/findings/parts';
import { changed, questionOf } from '../src/findings/question';
import { M_PER_DEGREE } from '../src/map/grid';
import type { Photo } from '../src/photos/api';
import { middleOf, otherDays } from '../src/photos/compare';
import { type Layout, levelFor, placeOf, storedSize, tilesIn } from '../src/photos/tiles';
import { boxToShown, toShown, toStored } from '../src/photos/turning';
import { PictureWindow } from '../src/photos/window';
import type { Review } from '../src/review/api';
import { fits, nextWaiting, queueOf, stateText } from '../src/review/queue';

const layout: Layout = { width_px: 4000, height_px: 3000, orientation: 1, tile_px: 512, levels: 4 };

const finding: Finding = {
  id: '01234567',
  photo: '0'.repeat(32),
  file: 'DJI_1.JPG',
  type: 'crack',
  severity: 'major',
  status: 'open',
  note: null,
  assigned: 'Ann',
  asset: 'Tower 12',
  pixel: { x: 1, y: 2, width: 0, height: 0 },
  ground: null,
  notes: [],
};

describe('tiles', () => {
  test('the level has a pixel for each of the screen, and no more than twice as many', () => {
    expect([2, 1, 0.6, 0.5, 0.3, 0.25, 0.01].map((scale) => levelFor(scale, 4))).toEqual([
      0, 0, 0, 1, 1, 2, 3,
    ]);
  });

  test('those in sight cover what is seen, and all of a level cover the picture once', () => {
    const seen = tilesIn({ x: 600, y: 500, width: 500, height: 20 }, 0, layout);
    expect(seen).toEqual([
      { level: 0, column: 1, row: 0 },
      { level: 0, column: 2, row: 0 },
      { level: 0, column: 1, row: 1 },
      { level: 0, column: 2, row: 1 },
    ]);
    for (let level = 0; level < 4; level++) {
      const all = tilesIn({ x: -50, y: -50, width: 9000, height: 9000 }, level, layout);
      const area = all.map((tile) => placeOf(tile, layout)).reduce((sum, t) => sum + t.width * t.height, 0);
      expect(area).toBe(4000 * 3000);
    }
  });
});

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i', (orientation) => {
  const stored = { width: 40, height: 30 };

  test('there and back is where it was', () => {
    const there = toShown({ x: 7, y: 11 }, stored, orientation);
    expect(toStored(there, stored, orientation)).toEqual({ x: 7, y: 11 });
    const size = storedSize({
      ...layout,
      ...(orientation >= 5 ? { width_px: 30, height_px: 40 } : { width_px: 40, height_px: 30 }),
      orientation,
    });
    expect(size).toEqual(stored);
  });

  test('a box stays as large and within the picture', () => {
    const box = boxToShown({ x: 30, y: 20, width: 10, height: 6 }, stored, orientation);
    expect([box.width, box.height].sort()).toEqual([10, 6]);
    expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
  });
});

test('EXIF 6 is shown turned to the right, 3 upside down', () => {
  expect(toShown({ x: 0, y: 30 }, { width: 40, height: 30 }, 6)).toEqual({ x: 0, y: 0 });
  expect(toShown({ x: 40, y: 30 }, { width: 40, height: 30 }, 3)).toEqual({ x: 0, y: 0 });
});

describe('the window', () => {
  const seen = new PictureWindow(() => ({ width: 800, height: 600 }));
  seen.picture = { width: 4000, height: 2000 };

  test('shows the whole picture first, in the middle', () => {
    seen.fit();
    expect([seen.scale, seen.origin]).toEqual([0.2, { x: 0, y: 100 }]);
  });

  test('zooms about a place and never shows a gap beside a picture that is larger', () => {
    const before = seen.toPicture({ x: 200, y: 250 });
    seen.zoom(8, { x: 200, y: 250 });
    const after = seen.toPicture({ x: 200, y: 250 });
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
    seen.move(1e6, 1e6);
    expect(seen.origin).toEqual({ x: 0, y: 0 });
    expect(seen.whole).toBe(false);
    seen.zoom(0);
    expect([seen.isFitted, seen.whole]).toEqual([true, true]);
  });
});

describe('findings', () => {
  test('the question keeps what the server knows', () => {
    const asked = questionOf(new URLSearchParams('status=open&colour=red&box='));
    expect(asked.toString()).toBe('status=open');
    expect(changed(asked, 'status', '').toString()).toBe('');
  });

  test('only what differs is sent; of a new one everything', () => {
    const now = {
      type: 'crack',
      severity: 'minor',
      status: 'open',
      note: '',
      assigned: '',
      asset: 'Tower 12',
    } as const;
    expect(difference(finding, now)).toEqual({ severity: 'minor', assigned: '' });
    expect(difference(null, now)).toEqual(now);
  });

  test('the form sends once and shows a refusal', async () => {
    const save = vi.fn().mockRejectedValueOnce(new Error('no')).mockResolvedValue(undefined);
    const form = findingForm(finding, [], [], { save, cancel: () => undefined });
    const note = form.elements.namedItem('note') as HTMLInputElement;
    note.value = 'painted';
    form.dispatchEvent(new Event('submit', { cancelable: true }));
    await vi.waitFor(() => expect(form.querySelector('[role=alert]')?.textContent).toContain('no'));
    expect(save).toHaveBeenCalledWith({ note: 'painted' });
  });

  test('the history says what became different', () => {
    const first: Version = { ...finding, at: '2026-05-01T10:00:00Z', who: 'ann' };
    expect(changes(first, undefined)).toContain('severity: major');
    expect(changes({ ...first, status: 'closed', assigned: null }, first)).toEqual([
      'status: closed',
      'assigned: nothing',
    ]);
  });

  test('an error ellipse lies with its long axis along its azimuth', () => {
    const ring = ellipseRing([10, 60], { major_m: 100, minor_m: 10, azimuth_deg: 90 });
    const east = Math.max(...ring.map(([lon]) => lon - 10)) * M_PER_DEGREE * Math.cos(Math.PI / 3);
    const north = Math.max(...ring.map(([, lat]) => lat - 60)) * M_PER_DEGREE;
    expect(east).toBeCloseTo(100, 3);
    expect(north).toBeCloseTo(10, 3);
    expect(ring[0]).toEqual(ring.at(-1));
  });

  test('parts stand below what they are parts of', () => {
    const asset = (name: string, part_of: string | null): Asset => ({
      id: name,
      name,
      type: null,
      part_of,
      photos: [],
      findings: [],
    });
    const rows = ordered([
      asset('Arm', 'Tower'),
      asset('Bolt', 'Arm'),
      asset('Span', null),
      asset('Tower', null),
    ]);
    expect(rows.map(([each, depth]) => [each.name, depth])).toEqual([
      ['Span', 0],
      ['Tower', 0],
      ['Arm', 1],
      ['Bolt', 2],
    ]);
  });
});

describe('the review queue', () => {
  const review = (photo: string, confirmed: boolean): Review => ({
    photo,
    file: `${photo}.JPG`,
    confirmed,
    boxes: [],
    dismissed: [],
    code: null,
    why: null,
    who: 'ann',
    at: null,
    at_us: 1,
  });
  const photo = (id: string, kind = 'photo') => ({ id, file: `${id}.JPG`, kind }) as Photo;
  const queue = queueOf(
    [review('a', true), review('b', false)],
    [photo('c'), photo('a'), photo('v', 'video'), photo('b')],
  );

  test('holds the photos asked for, and no video', () => {
    expect(queue.map((each) => each.photo)).toEqual(['c', 'a', 'b']);
    expect(queueOf([review('a', true)], null).map((each) => each.photo)).toEqual(['a']);
  });

  test('what nobody looked at waits too, and says so', () => {
    expect(queue.filter((each) => fits(each, 'waiting')).map((each) => each.photo)).toEqual(['c', 'b']);
    expect(queue.map(stateText)).toEqual([
      'nobody has looked',
      'nothing to hide, confirmed by ann',
      'nothing to hide, to be confirmed',
    ]);
  });

  test('the next that waits is looked for all round', () => {
    expect(nextWaiting(queue, 'b')?.photo).toBe('c');
    expect(nextWaiting(queue, 'c')?.photo).toBe('b');
    expect(nextWaiting(queueOf([review('a', true)], null), 'a')).toBeNull();
  });
});

test('another day is the best view of each day but the one that is shown, the latest first', () => {
  const on = (id: string, utc: string | null, kind = 'photo') =>
    ({
      id,
      utc,
      camera_clock: null,
      kind,
      outline: [
        [
          [0, 0],
          [2, 0],
          [2, 2],
          [0, 2],
          [0, 0],
        ],
      ],
    }) as unknown as Photo;
  const shown = on('a', '2026-05-01T10:00:00Z');
  const seen = [
    shown,
    on('b', '2026-04-01T10:00:00Z'),
    on('c', '2026-04-01T09:00:00Z'),
    on('d', '2026-06-01T10:00:00Z'),
    on('e', null),
    on('f', '2026-07-01T10:00:00Z', 'video'),
  ];
  expect(otherDays(seen, shown).map((each) => each.id)).toEqual(['d', 'b']);
  expect(middleOf(shown)).toEqual([1, 1]);
});
