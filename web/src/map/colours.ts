/** The colours of tokens.css, for what draws on a canvas. */

export type Colour = (name: string) => string;

/** Read the tokens as they stand in the present theme. */
export function colours(): Colour {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim() || '#808080';
}

/** The stops of the colour ramp, low to high. */
export function rampStops(): string[] {
  return colours()('ramp')
    .split(',')
    .map((stop) => stop.trim());
}
