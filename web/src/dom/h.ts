/** Build elements. Text is always text: nothing here, or anywhere in this page, parses HTML. */

export type Child = Node | string | number | null | undefined | false;

type Handlers = { [K in keyof HTMLElementEventMap as `on${K}`]?: (event: HTMLElementEventMap[K]) => void };

export interface Props extends Handlers {
  class?: string;
  /** Attributes; `false`, `null` and `undefined` leave one out, `true` sets it empty. */
  attrs?: Record<string, string | number | boolean | null | undefined>;
  data?: Record<string, string | number>;
}

/** Make an element. Handlers are `onclick`, `oninput` and so on; styles belong in the style sheets. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  const { class: classes, attrs, data, ...handlers } = props;
  if (classes) element.className = classes;
  for (const [name, value] of Object.entries(attrs ?? {})) setAttribute(element, name, value);
  for (const [name, value] of Object.entries(data ?? {})) element.dataset[name] = String(value);
  for (const [name, handler] of Object.entries(handlers)) {
    element.addEventListener(name.slice(2), handler as EventListener);
  }
  element.append(...shown(children));
  return element;
}

export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  if (value === false || value == null) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

export function shown(children: Child[]): (Node | string)[] {
  return children
    .filter(
      (child): child is Node | string | number => child !== null && child !== undefined && child !== false,
    )
    .map((child) => (typeof child === 'number' ? String(child) : child));
}

/** Replace what an element holds. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...shown(children));
}

const SVG = 'http://www.w3.org/2000/svg';

/** An icon of 20 by 20 out of path data, drawn in the colour of the text around it. */
export function icon(paths: string, classes = 'icon'): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', classes);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', paths);
  svg.append(path);
  return svg;
}
