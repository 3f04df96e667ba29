/** Keys that work anywhere, and when they must not: never while something is being typed. */

export interface KeyActions {
  search(): void;
  help(): void;
  upload(): void;
  back(): void;
  /** Keys of the present view; whether it was one of its own. */
  view(event: KeyboardEvent): boolean;
}

const TYPES = new Set(['text', 'search', 'date', 'number']);

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return TYPES.has(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Whether an element has its own use for a key: a button for space, a slider, a map or a list for arrows. */
function usesKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (key === ' ') return target.closest('button, a, summary, input[type=checkbox]') !== null;
  if (key.startsWith('Arrow'))
    return target.closest('canvas, [role=grid], [role=separator], input[type=range]') !== null;
  return false;
}

export function startKeys(actions: KeyActions): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open], :popover-open')) return; // Escape and the rest are theirs
    if (isTyping(event.target)) {
      if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
      return;
    }
    if (act(event, actions)) event.preventDefault();
  });
}

function act(event: KeyboardEvent, actions: KeyActions): boolean {
  const anywhere: Record<string, () => void> = {
    '/': actions.search,
    '?': actions.help,
    u: actions.upload,
    Escape: actions.back,
  };
  const action = anywhere[event.key];
  if (action) {
    action();
    return true;
  }
  return !usesKey(event.target, event.key) && actions.view(event);
}
