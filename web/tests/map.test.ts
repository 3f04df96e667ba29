import { describe, expect, test } from 'vitest';
import { grid, M_PER_DEGREE, roundUp } from '../src/map/grid';
import { boundsText, heatColour } from '../src/map/heat';
import { boxOfLines, dotFeatures, lineFeatures, pointFeatures } from '../src/map/overview';
import { ownerLayers } from '../src/map/owner-tiles';
import { ramp, rangeOf, step } from '../src/map/ramp';
import { segments } from '../src/map/segments';
import { boxOf, circle, positionText } from '../src/map/shapes';

describe('the grid', () => {
  const view = { west: 8.5, south: 47.35, east: 8.51, north: 47.355, zoom: 15.5 };

  test('is in round metres close up and its lines are that far apart', () => {
    const { label, lines } = grid(view, 'metric');
    expect(label).toBe('200 m');
    const level = lines.features
      .map(({ geometry }) => geometry.coordinates)
      .filter(([a, b]) => a?.[1] === b?.[1]);
    const [first, second] = level.map(([from]) => from?.[1] ?? 0);
    expect(((second ?? 0) - (first ?? 0)) * M_PER_DEGREE).toBeCloseTo(200, 3);
  });

  test('is in feet for those who read feet, and in degrees from afar', () => {
    expect(grid(view, 'imperial').label).toBe('500 ft');
    expect(grid({ ...view, zoom: 12 }, 'imperial').label).toBe('1 mi');
    expect(grid({ ...view, zoom: 12 }, 'metric').label).toBe('2 km');
    expect(grid({ west: -180, south: -60, east: 180, north: 80, zoom: 1 }, 'metric').label).toBe('30°');
  });

  test('has a bounded number of lines whatever the view', () => {
    const lines = grid({ west: -180, south: -85, east: 180, north: 85, zoom: 21 }, 'metric').lines.features;
    expect(lines.length).toBeLessThanOrEqual(400);
  });

  test('steps are 1, 2 or 5 times a power of ten', () => {
    expect([0.3, 1, 1.1, 3, 6, 80].map(roundUp).map((n) => Number(n.toPrecision(3)))).toEqual([
      0.5, 1, 2, 5, 10, 100,
    ]);
  });
});

describe('colours of a track', () => {
  const scale = { range: { low: 0, high: 10 }, colours: ['#000000', '#ffffff'], unknown: '#888888' };

  test('change the line, which goes on from the same place', () => {
    const { features } = segments([0, 1, 2, 3], [0, 0, 0, 0], [0, 1, 9, 9], scale);
    expect(features.map(({ properties }) => properties.colour)).toEqual(['#000000', '#ffffff']);
    expect(features[0]?.geometry.coordinates.at(-1)).toEqual(features[1]?.geometry.coordinates[0]);
  });

  test('are broken where a position is missing: nothing is drawn across a gap', () => {
    const { features } = segments([0, 1, null, 3, 4], [0, 0, null, 0, 0], [1, 1, 1, 1, 1], scale);
    expect(features.map(({ geometry }) => geometry.coordinates.length)).toEqual([2, 2]);
  });

  test('say when a value is unknown', () => {
    const { features } = segments([0, 1], [0, 0], [null, null], scale);
    expect(features[0]?.properties.colour).toBe('#888888');
  });

  test('run from the first stop to the last', () => {
    expect(ramp(['#000000', '#ffffff'], 3)).toEqual(['#000000', '#808080', '#ffffff']);
    expect(rangeOf([null, 3, -1])).toEqual({ low: -1, high: 3 });
    expect(rangeOf([null])).toBeNull();
    expect(step(5, { low: 5, high: 5 }, 48)).toBe(0);
    expect(step(10, { low: 0, high: 10 }, 48)).toBe(47);
  });
});

describe('flights on the map', () => {
  const lines = [
    {
      id: 'a',
      parts: [
        [
          [8, 47],
          [8.1, 47.1],
        ] as [number, number][],
        [[9, 48]] as [number, number][],
      ],
    },
    { id: 'b', parts: [[[1, 2]] as [number, number][]] },
    { id: 'c', parts: [] },
  ];

  test('have a line for each part that is one, and a point each', () => {
    expect(lineFeatures(lines).features.map(({ properties }) => properties.id)).toEqual(['a']);
    expect(pointFeatures(lines).features.map(({ properties }) => properties.id)).toEqual(['a', 'b']);
  });

  test('of which only a place is known stay points close up', () => {
    expect(dotFeatures(lines).features.map(({ properties }) => properties.id)).toEqual(['b']);
  });

  test('have a box around them all, and none when there are none', () => {
    expect(boxOfLines(lines)).toEqual({ west: 1, south: 2, east: 9, north: 48 });
    expect(boxOf([])).toBeNull();
  });
});

describe('where was flown', () => {
  test('is asked for in bounds that begin within a turn and end no more than one further on', () => {
    expect(boundsText(8, 47, 9, 48)).toBe('8.00000,47.00000,9.00000,48.00000');
    expect(boundsText(539, -95, 541, 95)).toBe('179.00000,-90.00000,181.00000,90.00000');
    expect(boundsText(-400, -80, 20, 80)).toBe('');
  });

  test('is coloured in equal steps of the logarithm, and in one colour where all counts are alike', () => {
    const made = heatColour({ low: 1, high: 100 }, ['#000000', '#ffffff']) as unknown[];
    expect(made.slice(3, 5)).toEqual([0, '#000000']);
    expect(made.at(-2)).toBeCloseTo(Math.log(100));
    expect(made.at(-1)).toBe('#ffffff');
    expect(heatColour({ low: 3, high: 3 }, ['#000000', '#ffffff'])).toBe('#000000');
  });
});

describe('shapes', () => {
  test('a circle is as wide as it says, north and east', () => {
    const ring = circle([8.5, 60], 1000).geometry.coordinates[0] ?? [];
    const east = Math.max(...ring.map(([lon]) => lon ?? 0)) - 8.5;
    const north = Math.max(...ring.map(([, lat]) => lat ?? 0)) - 60;
    expect(north * M_PER_DEGREE).toBeCloseTo(1000, 3);
    expect(east * M_PER_DEGREE * Math.cos(Math.PI / 3)).toBeCloseTo(1000, 3);
  });

  test('a position cannot be read the wrong way round', () => {
    expect(positionText([-88.20412, 40.11532])).toBe('40.11532°\u00a0N 88.20412°\u00a0W');
  });
});

describe("the owner's tiles", () => {
  test('are drawn by meaning, land first, and what is unknown as thin lines', () => {
    const layers = ownerLayers(
      [{ id: 'roads' }, { id: 'pipes' }, { id: 'water' }, { id: 'earth' }],
      (name) => name,
    );
    expect(layers.map(({ id, type }) => [id, type])).toEqual([
      ['owner-earth', 'fill'],
      ['owner-water', 'fill'],
      ['owner-roads', 'line'],
      ['owner-pipes', 'line'],
    ]);
  });
});
