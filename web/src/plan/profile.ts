/** The way and the ground below it, over the length of the way. */
import { h } from '../dom/h';
import { units } from '../state/settings';
import { distance, height, text } from '../text/units';
import type { Profile } from './types';

const SVG = 'http://www.w3.org/2000/svg';
const WIDE = 1000;
const TALL = 100;

/** Give the outlines of way and ground in a box of 1000 by 100, and the heights at its bottom and top. */
export function outlines({ along_m, height_m, ground_m }: Profile) {
  const known = [...height_m, ...(ground_m ?? [])].filter((value) => value !== null);
  const [low, high] = [Math.min(0, ...known), Math.max(1, ...known)];
  const long = along_m.at(-1) || 1;
  const x = (i: number) => (((along_m[i] ?? 0) / long) * WIDE).toFixed(1);
  const y = (value: number) => (TALL - ((value - low) / (high - low)) * TALL).toFixed(1);
  const points = (values: (number | null)[]) =>
    values.flatMap((value, i) => (value === null ? [] : [`${x(i)} ${y(value)}`])).join('L');
  const way = `M${points(height_m)}`;
  const below = points(ground_m ?? along_m.map(() => 0));
  return { way, ground: below ? `M0 ${TALL}L${below}L${WIDE} ${TALL}Z` : '', low, high, long };
}

function path(d: string, classes: string): SVGPathElement {
  const element = document.createElementNS(SVG, 'path');
  element.setAttribute('d', d);
  element.setAttribute('class', classes);
  return element;
}

export function profileChart(profile: Profile): HTMLElement {
  const { way, ground, low, high, long } = outlines(profile);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 -2 ${WIDE} ${TALL + 4}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'profile-chart');
  svg.setAttribute('role', 'img');
  const label = `Heights above home along the way: ${text(height(low, units.get()))} to ${text(height(high, units.get()))}`;
  svg.setAttribute('aria-label', label);
  svg.append(path(ground, 'profile-ground'), path(way, 'profile-way'));
  const below = profile.ground_m
    ? 'Ground from the elevation model'
    : 'Level ground assumed: choose an elevation model';
  return h(
    'figure',
    { class: 'profile' },
    h(
      'div',
      { class: 'profile-axis' },
      h('span', {}, text(height(high, units.get()))),
      h('span', {}, text(height(low, units.get()))),
    ),
    svg,
    h(
      'figcaption',
      { class: 'second' },
      h('span', {}, below),
      h('span', {}, text(distance(long, units.get()))),
    ),
  );
}
