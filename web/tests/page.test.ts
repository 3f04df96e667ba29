/** Rules about the sources themselves: contrast, and nothing that the Content-Security-Policy would refuse. */
import { describe, expect, test } from 'vitest';
import page from '../index.html?raw';
import tokens from '../src/styles/tokens.css?raw';

const sources = import.meta.glob('../src/**/*.{ts,css}', { query: '?raw', import: 'default', eager: true });

function theme(name: 'light' | 'dark'): Record<string, string> {
  const block = tokens.split(`:root[data-theme="${name}"]`)[1]?.split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, key, value]) => [key, value]),
  );
}

/** Source: WCAG 2.2, "relative luminance" and "contrast ratio". */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

const TEXT_ON_GROUND: [string, string][] = [
  ...['ink', 'ink-2', 'ink-3', 'accent', 'signal'].flatMap((ink): [string, string][] => [
    [ink, 'panel'],
    [ink, 'sunk'],
  ]),
  ...['ok', 'info', 'warn', 'bad', 'sim', 'plain'].map((tone): [string, string] => [
    `${tone}-ink`,
    `${tone}-soft`,
  ]),
  ['ink', 'accent-soft'],
  ['ink-3', 'accent-soft'],
  ['ink', 'signal-soft'],
  ['ink-3', 'signal-soft'],
  ['accent-ink', 'accent'],
  ['bar-ink', 'bar-ground'],
  ['bar-ink-2', 'bar-ground'],
  ['map-label', 'map-land'],
  ['map-point-ink', 'map-point'],
  ['warn-ink', 'panel'],
  ...[1, 2, 3, 4].map((n): [string, string] => ['compare-ink', `compare-${n}`]),
];

describe.each(['light', 'dark'] as const)('the %s theme', (name) => {
  const colours = theme(name);

  test.each(TEXT_ON_GROUND)('%s on %s can be read: 4.5 to 1', (ink, ground) => {
    expect(contrast(colours[ink] ?? '#000000', colours[ground] ?? '#000000')).toBeGreaterThanOrEqual(4.5);
  });

  test.each([
    ...['line-strong', 'map-line', 'chart-height', 'chart-speed', 'chart-battery', 'chart-battery-2'],
    ...['compare-1', 'compare-2', 'compare-3', 'compare-4'],
  ])('%s stands out from its ground: 3 to 1', (token) => {
    const ground = token.startsWith('map') ? 'map-land' : 'panel';
    expect(contrast(colours[token] ?? '#000000', colours[ground] ?? '#000000')).toBeGreaterThanOrEqual(3);
  });
});

describe('the page', () => {
  test('holds no inline script or style', () => {
    expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|\son\w+=/);
  });

  test('sets no style by attribute, parses no HTML and evaluates no text', () => {
    for (const [file, text] of Object.entries(sources)) {
      expect(String(text), file).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|setAttribute\('style'|new Function|\beval\(/,
      );
    }
  });

  test('names no other machine', () => {
    const others = Object.entries(sources).filter(([, text]) =>
      /https?:\/\/(?!www\.w3\.org\/2000\/svg)/.test(String(text)),
    );
    expect(others.map(([file]) => file)).toEqual([]);
  });

  test('names colours in the tokens alone', () => {
    const allowed = /tokens\.css|colours\.ts/;
    const named = Object.entries(sources).filter(
      ([file, text]) =>
        file.endsWith('.css') &&
        !allowed.test(file) &&
        /#[0-9a-f]{3,8}\b(?!-)/i.test(String(text).replace(/#[a-z-]+(table|slider)/g, '')),
    );
    expect(named.map(([file]) => file)).toEqual([]);
  });
});
