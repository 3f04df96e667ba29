import { describe, expect, test, vi } from 'vitest';
import type { Flight, FlightsAnswer } from '../src/api/types';
import { VirtualTable } from '../src/dom/virtual-table';
import { PAGE, PagedFlights, RESTS_MS } from '../src/flights/paged';
import { EVERYTHING } from '../src/state/query';
import { aFlight } from './builders';

const TOTAL = 100_000;
const tick = () => new Promise((resolve) => setTimeout(resolve));
const rest = () => new Promise((resolve) => setTimeout(resolve, 2 * RESTS_MS));

function server(total = TOTAL) {
  return vi.fn(async (params: URLSearchParams): Promise<FlightsAnswer> => {
    const offset = Number(params.get('offset'));
    const count = Math.min(PAGE, total - offset);
    const flights = Array.from({ length: count }, (_, i) => aFlight({ id: `flight-${offset + i}` }));
    return { total, flights };
  });
}

const listener = () => ({ changed: vi.fn(), failed: vi.fn() });

describe('a hundred thousand flights', () => {
  test('are fetched only where they are looked at, each page once', async () => {
    const fetch = server();
    const rows = new PagedFlights(fetch, listener());
    await rows.ask(EVERYTHING);
    rows.need(50_000, 50_030);
    rows.need(50_000, 50_030);
    await tick();
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(rows.get(50_010)?.id).toBe('flight-50010');
    expect(rows.get(20_000)).toBeUndefined();
  });

  test('do not pile up in memory', async () => {
    vi.useFakeTimers();
    const rows = new PagedFlights(server(), listener());
    await rows.ask(EVERYTHING);
    for (let page = 0; page < 70; page++) {
      rows.need(page * PAGE, page * PAGE + 1);
      await vi.advanceTimersByTimeAsync(2 * RESTS_MS);
    }
    vi.useRealTimers();
    expect(rows.held().length).toBeLessThanOrEqual(60 * PAGE);
    expect(rows.get(69 * PAGE)).toBeDefined();
  });

  test('that are only scrolled past are not fetched, and those where it rests are', async () => {
    const fetch = server();
    const rows = new PagedFlights(fetch, listener());
    await rows.ask(EVERYTHING);
    for (let page = 1; page < 200; page++) rows.need(page * PAGE, page * PAGE + 1);
    await rest();
    expect(rows.get(199 * PAGE)).toBeDefined();
    expect(fetch.mock.calls.length).toBeLessThanOrEqual(4);
  });

  test('have sums of all when the server sends them, and say how many are in them when it does not', async () => {
    const rows = new PagedFlights(server(250), listener());
    await rows.ask(EVERYTHING);
    expect(rows.sums()).toMatchObject({ of: 100, airborne_s: 30_000 });
    const summing = new PagedFlights(
      async () => ({ total: 250, flights: [], sums: { airborne_s: 7, distance_m: 8 } }),
      listener(),
    );
    await summing.ask(EVERYTHING);
    expect(summing.sums()).toEqual({ of: 250, airborne_s: 7, distance_m: 8 });
  });

  test('an answer to an old question is not shown under a new one', async () => {
    let release: (answer: FlightsAnswer) => void = () => undefined;
    const slow = new Promise<FlightsAnswer>((resolve) => {
      release = resolve;
    });
    const fetch = vi
      .fn()
      .mockReturnValueOnce(slow)
      .mockResolvedValueOnce({ total: 1, flights: [aFlight({ id: 'new' })] });
    const rows = new PagedFlights(fetch, listener());
    const first = rows.ask(EVERYTHING);
    await rows.ask({ ...EVERYTHING, text: 'x' });
    release({ total: 9, flights: [aFlight({ id: 'old' })] });
    await first;
    expect([rows.total, rows.get(0)?.id]).toEqual([1, 'new']);
  });

  test('a failure is told and the page asked for again when it is next needed', async () => {
    const told = listener();
    const fetch = server();
    fetch.mockRejectedValueOnce(new Error('gone'));
    const rows = new PagedFlights(fetch, told);
    await rows.ask(EVERYTHING);
    expect(told.failed).toHaveBeenCalledOnce();
  });
});

describe('the table', () => {
  function table(total = TOTAL) {
    const opened = vi.fn();
    const hovered = vi.fn();
    const made = new VirtualTable<Flight>({
      label: 'Flights',
      tableId: 'flights-table',
      idAttribute: 'data-flight-id',
      columns: [{ key: 'id', label: 'Id', cell: (flight) => [flight.id] }],
      rows: { total, get: (i) => aFlight({ id: `flight-${i}` }), need: () => undefined },
      listener: { id: ({ id }) => id, opened, hovered },
    });
    document.body.replaceChildren(made.element);
    made.refresh();
    const press = (key: string) => {
      const target = document.activeElement?.closest('tr') ?? made.element;
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    };
    return { made, opened, hovered, press };
  }

  test('holds only a screenful of rows and says how many there are', () => {
    const { made } = table();
    expect(made.element.querySelectorAll('[data-flight-id]').length).toBeLessThan(60);
    expect(made.element.querySelector('table')?.getAttribute('aria-rowcount')).toBe('100001');
  });

  test('moves with the arrow keys, opens with Enter, and tells which row is looked at', () => {
    const { opened, hovered, press } = table();
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowUp');
    expect(document.activeElement?.getAttribute('data-flight-id')).toBe('flight-1');
    expect(hovered).toHaveBeenLastCalledWith(expect.objectContaining({ id: 'flight-1' }));
    press('Enter');
    expect(opened).toHaveBeenCalledWith(expect.objectContaining({ id: 'flight-1' }));
  });

  test('goes to the last of a hundred thousand rows and stops there', () => {
    const { press } = table();
    press('End');
    press('ArrowDown');
    expect(document.activeElement?.getAttribute('data-flight-id')).toBe('flight-99999');
    expect(document.activeElement?.getAttribute('aria-rowindex')).toBe('100001');
  });

  test('has one row in the tab order', () => {
    const { made, press } = table();
    press('ArrowDown');
    expect(made.element.querySelectorAll('tr[tabindex="0"]').length).toBe(1);
  });

  test('marks the flight that was chosen on the map', () => {
    const { made } = table();
    made.select('flight-3');
    expect(made.element.querySelector('[aria-selected="true"]')?.getAttribute('data-flight-id')).toBe(
      'flight-3',
    );
  });

  test('keeps the focus where it was when rows come or change', () => {
    const { made, press } = table();
    press('ArrowDown');
    made.refresh();
    expect(document.activeElement?.getAttribute('data-flight-id')).toBe('flight-1');
  });

  test('is no trouble when empty', () => {
    const { press, opened } = table(0);
    press('ArrowDown');
    press('Enter');
    expect(opened).not.toHaveBeenCalled();
  });
});
