/** Fields: legends, answers, prescriptions, calendars as they are shown. */
import { describe, expect, test, vi } from 'vitest';
import { calendar } from '../src/crop/calendar';
import { answerBox, notEnough, probeBox } from '../src/crop/evidence';
import { boxOfField, colourOf } from '../src/crop/layer';
import { scaleOf } from '../src/crop/look';
import { figures, input, legend, setOptions, typed } from '../src/crop/parts';
import { described } from '../src/crop/prescription';
import type { Answer, FieldPage, Layer, Probe } from '../src/crop/types';
import { NOT_ENOUGH } from '../src/crop/types';

const MISSING = { what: 'One image shows where, not why.', would_help: ['a strip', 'a trial'] };
const SOURCE = { title: 'Raun et al. 2002', url: 'https://doi.org/10.2134/agronj2002.8150' };

function layer(low: number, high: number): Layer {
  return {
    layer: 'ndvi',
    title: 'NDVI',
    unit: '',
    formula: '(N - R) / (N + R)',
    source: '',
    note: '',
    stops: ['#ffffff', '#000000'],
    low,
    high,
    mean: 0.7,
    deviation: 0.1,
    count: 4,
    edges: [0.4, 0.6, 0.8],
    bars: [1, 3],
    picture: '',
  };
}

const ANSWER: Answer = {
  model: 'nfoa',
  rate_kg_ha: 66.05,
  confidence: 'low',
  why: 'the coefficients are those of Oklahoma',
  inputs: { ndvi_rich: 0.8 },
  worked: { ri: 1.1 },
  sources: [SOURCE],
  notes: ['for winter wheat'],
};

describe('a legend', () => {
  test('has a bar for each class, taller where there are more, and says its ends and mean', () => {
    const drawn = legend(layer(0.4, 0.8), 0.4, 0.8);
    const bars = [...drawn.querySelectorAll('.crop-bars rect')];
    const heights = bars.map((each) => Number(each.getAttribute('height')));
    expect(heights[1]).toBeCloseTo(3 * (heights[0] ?? 0));
    expect(bars.map((each) => Math.round(Number(each.getAttribute('x'))))).toEqual([0, 150]);
    expect(drawn.textContent).toContain('0.400');
    expect(drawn.textContent).toContain('mean 0.700');
    expect(drawn.querySelector('svg')?.getAttribute('aria-label')).toContain('0.400 to 0.800');
  });

  test('of two days reaches from the least to the greatest of both', () => {
    expect(scaleOf([layer(0.2, 0.7), layer(0.4, 0.9)])).toEqual({ low: 0.2, high: 0.9 });
  });
});

test('the colour of a rate is mixed between the stops, and the same where all rates are', () => {
  const stops = ['#000000', '#ffffff'];
  expect(colourOf(10, 10, 30, stops)).toBe('#000000');
  expect(colourOf(30, 10, 30, stops)).toBe('#ffffff');
  expect(colourOf(20, 10, 30, stops)).toBe('#808080');
  expect(colourOf(5, 5, 5, stops)).toBe('#808080');
});

describe('not enough evidence', () => {
  test('is said with everything that would be', () => {
    const said = notEnough(MISSING).textContent ?? '';
    for (const each of ['here is what would be', MISSING.what, ...MISSING.would_help])
      expect(said).toContain(each);
  });

  test('is what an answer without a rate and a prescription without zones show', () => {
    const answer = { ...ANSWER, ...MISSING };
    const boxes = [
      answerBox({ outcome: NOT_ENOUGH, answer, rate: '', layer: null }),
      described({ outcome: NOT_ENOUGH, ...MISSING, outlines: null }),
    ];
    for (const box of boxes) {
      expect(box.textContent).toContain('a trial');
      expect(box.querySelector('table')).toBeNull();
    }
  });
});

test('an answer shows rate, model, confidence, working and sources', () => {
  const said = answerBox({ outcome: 'rate', answer: ANSWER, rate: 'x', layer: null }).textContent ?? '';
  for (const each of ['66.1 kg N/ha', 'nfoa', 'low: the coefficients', 'ndvi_rich', SOURCE.title])
    expect(said).toContain(each);
});

test('one place says why its rate is what it is, or that there is none', () => {
  const found: Probe = {
    bands: { red: 0.05, nir: null },
    index: 0.7,
    rate_kg_ha: 60,
    why: 'lowered to what is allowed',
    advice: ANSWER,
    stage: { stage: 'first tiller', bbch: 21, feekes: '2', reached: '2026-05-13' },
  };
  const said = probeBox(found, 'NDVI', 'here').textContent ?? '';
  for (const each of [
    'red 0.050, nir –',
    '60.0 kg N/ha',
    'nfoa: lowered to what is allowed',
    'BBCH 21, Feekes 2',
  ])
    expect(said).toContain(each);
  const none = probeBox({ ...found, advice: null, rate_kg_ha: null }, 'NDVI', 'here').textContent;
  expect(none).toContain('No rate here');
});

test('rates that a person typed are shown with what is missing behind them', () => {
  const zone = { code: 1, rate: 60, unit: 'kg N/ha', nitrogen_kg_ha: 60, area_ha: 1, polygons: 1, said: '' };
  const box = described({
    outcome: 'rates as given',
    unit: 'kg N/ha',
    stops: ['#000000', '#ffffff'],
    zones: [zone, { ...zone, code: 2, rate: 80 }],
    evidence: { enough: false, said: 'typed by a person', confidence: '', notes: [], missing: MISSING },
    made: { given_kg: 140, wanted_kg: 140, cell_m: 5, merged: 0, without_ha: 0 },
    bill: null,
    outlines: null,
  });
  expect(box.querySelectorAll('tbody tr')).toHaveLength(2);
  expect(box.querySelector('.crop-missing')).not.toBeNull();
  expect(box.querySelector('[style]')).toBeNull();
});

test('a calendar lists days in the order given, and only what a person stated can be taken back', () => {
  const drop = vi.fn();
  const field = {
    calendar: [
      { day: '2026-04-20', kind: 'season', what: 'sown', more: 'wheat', id: '' },
      { day: '2026-05-28', kind: 'image', what: '<b>a.tif', more: '', id: 'abcd0123' },
    ],
    stages: null,
    weather: null,
  } as unknown as FieldPage;
  const drawn = calendar(field, drop);
  expect([...drawn.querySelectorAll('time')].map((each) => each.textContent)).toEqual([
    '2026-04-20',
    '2026-05-28',
  ]);
  const buttons = drawn.querySelectorAll('button');
  expect(buttons).toHaveLength(1);
  buttons[0]?.click();
  expect(drop).toHaveBeenCalledWith(field.calendar[1]);
  expect(drawn.textContent).toContain('<b>a.tif');
});

test('numbers are shown with about three figures, and an empty field is no zero', () => {
  expect([figures(0.12345), figures(12.345), figures(1234.5), figures(null)]).toEqual([
    '0.123',
    '12.3',
    '1,235',
    '–',
  ]);
  const field = input('n', 'number');
  expect(typed(field)).toBeUndefined();
  field.value = '0';
  expect(typed(field)).toBe(0);
});

test('a choice keeps what was chosen where it is still there', () => {
  const made = document.createElement('select');
  setOptions(
    made,
    [
      ['a', 'A'],
      ['b', 'B'],
    ],
    'b',
  );
  setOptions(made, [
    ['b', 'B'],
    ['c', 'C'],
  ]);
  expect(made.value).toBe('b');
  setOptions(made, [['c', 'C']]);
  expect(made.value).toBe('c');
});

test('the box of a field holds all of its parts', () => {
  const ring = (lon: number) => [
    [
      [lon, 47],
      [lon + 0.1, 47],
      [lon + 0.1, 47.1],
      [lon, 47],
    ],
  ];
  const boundary = { type: 'MultiPolygon' as const, coordinates: [ring(7), ring(8)] };
  expect(boxOfField({ boundary })).toEqual({ west: 7, south: 47, east: 8.1, north: 47.1 });
});
