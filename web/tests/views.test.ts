/** Views besides flights and files are made when first shown, kept, and told when another is shown. */
import { expect, test, vi } from 'vitest';
import type { MapPane } from '../src/map/pane';
import { nameRoutes, parseRoute } from '../src/state/route';
import { type View, type ViewKind, Views } from '../src/views';

function kind(name: string): ViewKind & { made: number; view: View } {
  const view = { element: document.createElement('section'), show: vi.fn(), hide: vi.fn(), refresh: vi.fn() };
  const it = {
    name,
    label: name,
    wide: false,
    made: 0,
    view,
    load: async () => ({
      makeView: () => {
        it.made += 1;
        return view;
      },
    }),
  };
  return it;
}

const world = { map: new Promise<MapPane>(() => undefined), deck: document.createElement('div') };

test('a view is made once and shown with what the address says', async () => {
  const [one, panel] = [kind('plan'), document.createElement('div')];
  const views = new Views(world, panel, [one]);
  const params = new URLSearchParams('a=1');
  await Promise.all([views.show('plan', ['x'], params), views.show('plan', ['y'], params)]);
  await views.show('plan', ['z'], params);
  expect(one.made).toBe(1);
  expect([...panel.children]).toEqual([one.view.element]);
  expect(one.view.show).toHaveBeenLastCalledWith(['z'], params);
});

test('the one before is hidden and told so', async () => {
  const [one, two, panel] = [kind('plan'), kind('photos'), document.createElement('div')];
  const views = new Views(world, panel, [one, two]);
  await views.show('plan', [], new URLSearchParams());
  await views.show('photos', [], new URLSearchParams());
  expect(one.view.hide).toHaveBeenCalledOnce();
  expect([one.view.element.hidden, two.view.element.hidden]).toEqual([true, false]);
  views.refresh();
  expect(two.view.refresh).toHaveBeenCalledOnce();
  expect(one.view.refresh).not.toHaveBeenCalled();
  views.hide();
  expect(two.view.element.hidden).toBe(true);
});

test('only names that are known are views; all else is the list of flights', () => {
  nameRoutes(['plan']);
  expect(parseRoute('#/plan/a%20b?x=1')).toMatchObject({ view: 'other', name: 'plan', path: ['a b'] });
  expect(parseRoute('#/nothing/of/the/kind').view).toBe('flights');
});
