/** Which findings are asked for, as the address holds it. */
export const ASKED = ['status', 'severity', 'asset', 'type', 'photo', 'box'] as const;
export type Asked = (typeof ASKED)[number];

/** What of an address the server is asked. */
export function questionOf(params: URLSearchParams): URLSearchParams {
  const asked = new URLSearchParams();
  for (const name of ASKED) {
    const value = params.get(name);
    if (value) asked.set(name, value);
  }
  return asked;
}

/** The same question with one part of it changed; an empty value takes it out. */
export function changed(params: URLSearchParams, name: Asked, value: string): URLSearchParams {
  const next = questionOf(params);
  if (value) next.set(name, value);
  else next.delete(name);
  return next;
}

export const boxText = (box: readonly number[]) => box.map((each) => each.toFixed(6)).join(',');
