import { afterEach, describe, expect, test, vi } from 'vitest';
import { flights, merge, RequestFailed, refusal } from '../src/api/client';
import { parseEvent } from '../src/api/events';
import type { UploadAnswer } from '../src/api/types';
import { h } from '../src/dom/h';
import { type KeyActions, startKeys } from '../src/keys';
import { type Item, UploadQueue } from '../src/uploads/queue';

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the server', () => {
  test('is believed when it says what went wrong and what to try', () => {
    const error = refusal(409, '{"error":{"what":"Locked.","try_this":"groundside keychain"}}');
    expect([error.status, error.what, error.tryThis]).toEqual([409, 'Locked.', 'groundside keychain']);
  });

  test('still gets words when its answer is not ours', () => {
    expect(refusal(401, '<html>').tryThis).toContain('groundside serve');
    expect(refusal(502, '').what).toContain('502');
  });

  test('that does not answer is told from one that refuses', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed to fetch')));
    await expect(flights(new URLSearchParams())).rejects.toMatchObject({ status: 0, name: 'RequestFailed' });
  });

  test('is asked for every change with the header that other sites cannot send', async () => {
    const fetch = vi.fn().mockResolvedValue(new Response('{}'));
    vi.stubGlobal('fetch', fetch);
    await merge('a/b', 'c');
    const [address, options] = fetch.mock.calls[0] ?? [];
    expect(address).toBe('/api/v1/flights/a%2Fb/merge');
    expect(options).toMatchObject({
      method: 'POST',
      headers: { 'X-Groundside': '1' },
      body: '{"other":"c"}',
    });
  });

  test('may send an event that is none without breaking the page', () => {
    expect(parseEvent('{"seq":3,"at":null,"what":"flight added","about":""}')?.seq).toBe(3);
    expect(parseEvent('not json')).toBeNull();
    expect(parseEvent('[]')).toBeNull();
  });
});

describe('uploads', () => {
  const answer: UploadAnswer = {
    file: 'a',
    state: 'read',
    flights: [],
    duplicate: false,
    problems: 0,
    message: '',
  };

  function queue() {
    const sent: { file: File; settle: (how: UploadAnswer | Error) => void; progress: (n: number) => void }[] =
      [];
    const states: string[] = [];
    const made = new UploadQueue(
      (file, progress) => {
        let settle: (how: UploadAnswer | Error) => void = () => undefined;
        const promise = new Promise<UploadAnswer>((resolve, reject) => {
          settle = (how) => (how instanceof Error ? reject(how) : resolve(how));
        });
        sent.push({ file, settle, progress });
        return { answer: promise, abort: () => settle(new DOMException('', 'AbortError')) };
      },
      (item: Item) => states.push(`${item.file.name} ${item.state}`),
    );
    return { made, sent, states };
  }

  const files = (...names: string[]) => names.map((name) => new File(['1234'], name));
  const tick = () => new Promise((resolve) => setTimeout(resolve));

  test('go two at a time, and a failed one does not hold up the rest', async () => {
    const { made, sent } = queue();
    made.add(files('a', 'b', 'c'));
    expect(sent.length).toBe(2);
    sent[0]?.settle(new RequestFailed(413, 'Too large.', 'Raise the limit.'));
    await tick();
    expect(sent.length).toBe(3);
    expect(made.items[0]).toMatchObject({
      state: 'failed',
      error: { what: 'Too large.', tryThis: 'Raise the limit.' },
    });
  });

  test('say when all bytes are sent and the server is still reading', () => {
    const { made, sent } = queue();
    made.add(files('a'));
    sent[0]?.progress(2);
    expect(made.items[0]).toMatchObject({ state: 'sending', sent: 2 });
    sent[0]?.progress(4);
    expect(made.items[0]?.state).toBe('reading');
  });

  test('can be stopped, waiting or under way', async () => {
    const { made, sent } = queue();
    made.add(files('a', 'b', 'c'));
    const [a, , c] = made.items;
    if (a && c) {
      made.stop(c);
      made.stop(a);
    }
    await tick();
    expect(made.items.map(({ state }) => state)).toEqual(['stopped', 'sending', 'stopped']);
    sent[1]?.settle(answer);
    await tick();
    made.clear();
    expect(made.items).toEqual([]);
  });
});

describe('keys', () => {
  const actions: KeyActions = {
    search: vi.fn(),
    help: vi.fn(),
    upload: vi.fn(),
    back: vi.fn(),
    view: vi.fn(() => true),
  };
  startKeys(actions);

  function press(key: string, target: HTMLElement) {
    vi.clearAllMocks();
    document.body.replaceChildren(target);
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }

  test('do nothing while something is being typed', () => {
    press('/', h('input', { attrs: { type: 'search' } }));
    press('u', h('textarea'));
    expect(actions.search).not.toHaveBeenCalled();
    expect(actions.upload).not.toHaveBeenCalled();
  });

  test('work anywhere else', () => {
    press('/', h('div'));
    expect(actions.search).toHaveBeenCalledOnce();
    press(' ', h('div'));
    expect(actions.view).toHaveBeenCalledOnce();
  });

  test('leave space to a button and arrows to a slider', () => {
    press(' ', h('button'));
    expect(actions.view).not.toHaveBeenCalled();
    press('ArrowLeft', h('input', { attrs: { type: 'range' } }));
    expect(actions.view).not.toHaveBeenCalled();
    press(' ', h('input', { attrs: { type: 'range' } }));
    expect(actions.view).toHaveBeenCalledOnce();
  });
});

describe('elements', () => {
  test('hold text as text, whatever it looks like', () => {
    const element = h('p', {}, '<img src=x onerror=alert(1)>');
    expect(element.children.length).toBe(0);
    expect(element.textContent).toContain('<img');
  });
});
