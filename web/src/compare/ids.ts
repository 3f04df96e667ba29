/** Which flights are compared: kept in the address, `#/compare/ID/ID`, so that a link to a comparison can be kept. */

export const LEAST = 2;
/** As many as there are colours that are told apart at a glance. */
export const MOST = 4;

export const LETTERS = ['A', 'B', 'C', 'D'] as const;

/** Each id once, in the order in which they were chosen. */
export function idsIn(path: readonly string[]): string[] {
  return [...new Set(path.filter((part) => part !== ''))];
}

export function compareAddress(ids: readonly string[]): string {
  return ['#/compare', ...ids.map(encodeURIComponent)].join('/');
}

/** Choose a flight, or no longer; null where as many are chosen as can be compared. */
export function toggled(ids: readonly string[], id: string): string[] | null {
  if (ids.includes(id)) return ids.filter((each) => each !== id);
  return ids.length < MOST ? [...ids, id] : null;
}
