/** A number with its interval and what it rests on; or why there is none. */
import type { Finding, Trend } from '../api/logbook';
import { h } from '../dom/h';

/** What the server counts in, how it is shown, and by how much that is greater. */
const SHOWN: Readonly<Record<string, readonly [unit: string, by: number]>> = {
  resistance_ohm: ['mΩ', 1000],
  capacity_ah: ['Ah', 1],
  drawn_ah: ['Ah', 1],
  full_cycles: ['full cycles', 1],
  spread_rest_v: ['mV', 1000],
  spread_load_v: ['mV', 1000],
};

export const unitOf = (quantity: string) => SHOWN[quantity]?.[0] ?? '';
export const factorOf = (quantity: string) => SHOWN[quantity]?.[1] ?? 1;

const three = (value: number) => String(Number(value.toPrecision(3)));

/** `9.21 mΩ (9.15 to 9.27)`, or a dash. */
export function findingText({ quantity, value, low, high }: Finding): string {
  if (value === undefined) return '–';
  const by = factorOf(quantity);
  const said = `${three(value * by)} ${unitOf(quantity)}`;
  if (low === undefined || high === undefined || low === high) return said;
  return `${said} (${three(low * by)} to ${three(high * by)})`;
}

/** The same with the evidence below it, and the source of the method. */
export function finding(of: Finding): HTMLElement {
  if (of.value === undefined)
    return h(
      'span',
      { class: 'finding' },
      h('span', { class: 'unknown' }, 'Not enough evidence'),
      h('span', { class: 'second' }, of.why ?? ''),
    );
  const method = of.method ? `Method: ${of.method.title}` : '';
  return h(
    'span',
    { class: 'finding' },
    findingText(of),
    h('span', { class: 'second' }, (of.evidence ?? []).join('; ')),
    method ? h('span', { class: 'second' }, method) : null,
  );
}

export function trendText(of: Trend): string {
  if (of.slope === undefined) return of.why ?? 'Not enough evidence';
  const by = factorOf(of.quantity);
  const sign = (value: number) => `${value < 0 ? '−' : '+'}${three(Math.abs(value) * by)}`;
  return `${sign(of.slope)} ${unitOf(of.quantity)} each ${of.per} (${sign(of.low ?? of.slope)} to ${sign(of.high ?? of.slope)}), from ${of.count} flights`;
}
