/** The bar between two panes: dragged, or moved with the arrow keys. */
import { h } from './h';

const KEY = 'groundside.split';
const LEAST = 28;
const MOST = 72;
const FIRST = 57;

/** Put `--split` (per cent) on an element and give the bar that changes it. */
export function splitter(owner: HTMLElement): HTMLElement {
  const bar = h('div', {
    class: 'splitter',
    attrs: {
      role: 'separator',
      tabindex: 0,
      'aria-label': 'Width of the list',
      'aria-orientation': 'vertical',
      'aria-valuemin': LEAST,
      'aria-valuemax': MOST,
    },
  });
  let at = FIRST;
  const put = (percent: number) => {
    at = Math.max(LEAST, Math.min(MOST, percent));
    owner.style.setProperty('--split', `${at}%`);
    bar.setAttribute('aria-valuenow', String(Math.round(at)));
  };
  put(remembered());
  bar.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    put(at + step);
    remember(at);
  });
  drag(bar, owner, put, () => remember(at));
  return bar;
}

function drag(bar: HTMLElement, owner: HTMLElement, put: (percent: number) => void, done: () => void): void {
  bar.addEventListener('pointerdown', (event) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener('pointermove', (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const box = owner.getBoundingClientRect();
    put(((event.clientX - box.left) / box.width) * 100);
  });
  bar.addEventListener('pointerup', done);
}

function remembered(): number {
  try {
    return Number(localStorage.getItem(KEY)) || FIRST;
  } catch {
    return FIRST;
  }
}

function remember(at: number): void {
  try {
    localStorage.setItem(KEY, String(Math.round(at)));
  } catch {
    // storage refused by the browser: the width lasts as long as the page
  }
}
