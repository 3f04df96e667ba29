/** The parameters in which flights differ: only those that at least two of them state. */
import type { Parameter } from '../api/types';

/** Values that agree to this share are one: parameters are 32-bit floats. The server's `parameters.SAME`. */
const SAME = 1e-6;

export interface Differing {
  name: string;
  /** For each flight its value when it began; null where it has none, undefined where the parameter is not stated. */
  values: (number | null | undefined)[];
}

export interface ParametersCompared {
  differing: Differing[];
  /** How many parameters at least two flights state, all with one value. */
  alike: number;
  /** Which flights state any at all. */
  stated: boolean[];
}

export function parametersOf(all: readonly (readonly Parameter[])[]): ParametersCompared {
  const known = all.map((one) => new Map(one.map(({ name, value }) => [name, value])));
  const names = [...new Set(known.flatMap((one) => [...one.keys()]))].sort();
  const differing: Differing[] = [];
  let alike = 0;
  for (const name of names) {
    const values = known.map((one) => one.get(name));
    const there = values.filter((value) => value !== undefined);
    const [first, ...others] = there;
    if (first === undefined || others.length === 0) continue;
    if (others.every((other) => isSame(first, other))) alike += 1;
    else differing.push({ name, values });
  }
  return { differing, alike, stated: all.map((one) => one.length > 0) };
}

function isSame(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b));
}
