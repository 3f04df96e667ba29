/** What this browser's user chose, kept in this browser. */
import type { UnitSystem } from '../text/units';
import { type Signal, signal } from './signal';

export type Theme = 'auto' | 'light' | 'dark';

function kept<T extends string>(key: string, allowed: readonly T[], fallback: T): Signal<T> {
  const found = allowed.find((option) => option === read(key));
  const made = signal<T>(found ?? fallback);
  made.watch((value) => write(key, value));
  return made;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage refused by the browser: choices last as long as the page
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

export const units = kept<UnitSystem>('groundside.units', ['metric', 'imperial'], 'metric');
export const theme = kept<Theme>('groundside.theme', ['auto', 'light', 'dark'], 'auto');
export const isDark = signal(false);

const preference = matchMedia('(prefers-color-scheme: dark)');
const stillness = matchMedia('(prefers-reduced-motion: reduce)');

export const reducedMotion = () => stillness.matches;

function applyTheme(): void {
  const dark = theme.get() === 'dark' || (theme.get() === 'auto' && preference.matches);
  document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
  isDark.set(dark);
}

/** Follow the user's choice, or the system's where they made none. */
export function startTheme(): void {
  theme.watch(applyTheme);
  preference.addEventListener('change', applyTheme);
}
