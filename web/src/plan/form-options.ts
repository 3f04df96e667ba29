/** The fields of a plan: those of every pattern, and its own. */
import type { Pattern } from './types';

export type Value = string | number | boolean;

export interface Option {
  name: string;
  label: string;
  unit?: string;
  first: Value;
  /** An empty field is left out of what is asked. */
  optional?: boolean;
  choices?: readonly (readonly [string, string])[];
  least?: number;
  most?: number;
}

export const PATTERNS: readonly (readonly [Pattern, string, string])[] = [
  ['survey', 'Survey', 'Draw an area. Lines are laid so that each point is in enough photos.'],
  ['corridor', 'Corridor', 'Draw a line: a road, a power line, a pipeline.'],
  ['orbit', 'Orbit', 'Draw a point, or the outline of a structure.'],
  ['facade', 'Facade', 'Draw a line along the foot of the wall; the aircraft flies to the right of it.'],
  ['bridge', 'Bridge', 'Draw the line of the deck: it is seen from above and from both sides.'],
  ['stockpile', 'Heap', 'Draw the foot of the heap: a crosshatch from above, then a lap around it.'],
  ['perimeter', 'Perimeter', 'Draw an area. The aircraft flies along its edge.'],
  ['search', 'Search', 'Draw an area, or a point to search around. Patterns of the IAMSAR manual.'],
  ['sampling', 'Sampling', 'Draw the point of the release, and say the wind.'],
];

export const HOW: Record<Pattern, Option[]> = {
  survey: [
    {
      name: 'heading_deg',
      label: 'Heading of lines',
      unit: '°',
      first: '',
      optional: true,
      least: 0,
      most: 360,
    },
    { name: 'turnaround_m', label: 'Turn-around', unit: 'm', first: 0, least: 0, most: 1000 },
    { name: 'crosshatch', label: 'Crosshatch', first: false },
  ],
  corridor: [
    { name: 'width_m', label: 'Width of the strip', unit: 'm', first: 40, least: 0 },
    { name: 'aside_m', label: 'Beside it, both sides', unit: 'm', first: '', optional: true, least: 1 },
    { name: 'aim_m', label: 'Height looked at', unit: 'm', first: 0 },
  ],
  orbit: [
    { name: 'radius_m', label: 'Radius', unit: 'm', first: '', optional: true, least: 2 },
    { name: 'bottom_m', label: 'From height', unit: 'm', first: 5 },
    { name: 'top_m', label: 'To height', unit: 'm', first: 30 },
    { name: 'rise_m', label: 'Spiral, climb a turn', unit: 'm', first: '', optional: true, least: 0.5 },
  ],
  facade: [
    { name: 'bottom_m', label: 'From height', unit: 'm', first: 5 },
    { name: 'top_m', label: 'To height', unit: 'm', first: 20 },
    { name: 'stand_off_m', label: 'From the wall', unit: 'm', first: 12, least: 1 },
    { name: 'on_left', label: 'Fly on its left', first: false },
  ],
  bridge: [
    { name: 'deck_m', label: 'Height of the deck', unit: 'm', first: 10 },
    { name: 'width_m', label: 'Width of the deck', unit: 'm', first: 12, least: 0 },
    { name: 'stand_off_m', label: 'From the deck', unit: 'm', first: 12, least: 1 },
    { name: 'below_m', label: 'Also below it by', unit: 'm', first: '', optional: true, least: 0.5 },
  ],
  stockpile: [
    { name: 'top_m', label: 'Height of the heap', unit: 'm', first: 5, least: 0 },
    { name: 'stand_off_m', label: 'Lap outside its foot', unit: 'm', first: 15, least: 1 },
  ],
  perimeter: [
    { name: 'outside_m', label: 'Outside the edge', unit: 'm', first: 0 },
    {
      name: 'look',
      label: 'Camera',
      first: 'down',
      choices: [
        ['down', 'Down'],
        ['in', 'Inwards'],
        ['out', 'Outwards'],
      ],
    },
  ],
  search: [
    {
      name: 'search',
      label: 'Pattern',
      first: 'creeping',
      choices: [
        ['creeping', 'Creeping line'],
        ['parallel', 'Parallel track'],
        ['square', 'Expanding square'],
        ['sector', 'Sector'],
      ],
    },
    { name: 'spacing_m', label: 'Between tracks, or radius', unit: 'm', first: 50, least: 5 },
    { name: 'reach_m', label: 'How far', unit: 'm', first: '', optional: true, least: 5, most: 30_000 },
    { name: 'heading_deg', label: 'Heading', unit: '°', first: '', optional: true, least: 0, most: 360 },
    { name: 'left', label: 'Turn left', first: false },
  ],
  sampling: [
    { name: 'nearest_m', label: 'Nearest transect', unit: 'm', first: 100, least: 1 },
    { name: 'furthest_m', label: 'Furthest transect', unit: 'm', first: 500, least: 1 },
    { name: 'transects', label: 'Transects', first: 4, least: 1, most: 100 },
    { name: 'half_angle_deg', label: 'To each side', unit: '°', first: 20, least: 1, most: 89 },
    { name: 'stand_off_m', label: 'Never nearer', unit: 'm', first: 80, least: 1 },
  ],
};

export const FLYING: Option[] = [
  { name: 'frontlap', label: 'Frontlap', unit: '%', first: 75, least: 0, most: 95 },
  { name: 'sidelap', label: 'Sidelap', unit: '%', first: 70, least: 0, most: 95 },
  { name: 'speed_m_s', label: 'Speed', unit: 'm/s', first: 8, optional: true, least: 0.5, most: 60 },
  { name: 'buffer_m', label: 'Around keep-outs', unit: 'm', first: 0, least: 0 },
  { name: 'wind_m_s', label: 'Wind', unit: 'm/s', first: 0, least: 0, most: 60 },
  { name: 'wind_from_deg', label: 'Wind from', unit: '°', first: 270, least: 0, most: 360 },
];

export const LIMITS: Option[] = [
  { name: 'height_limit_m', label: 'Highest above ground', unit: 'm', first: 120, least: 1 },
  { name: 'distance_limit_m', label: 'Furthest from home', unit: 'm', first: '', optional: true, least: 1 },
  { name: 'clearance_m', label: 'Lowest above ground', unit: 'm', first: 10, least: 0 },
  { name: 'reserve', label: 'Battery kept', unit: '%', first: 25, least: 0, most: 90 },
];
