/** Upload by dropping files anywhere, or by a button; what becomes of each is said file by file. */
import { upload } from '../api/upload';
import { fill, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { button } from '../dom/parts';
import { flightAddress } from '../state/route';
import { bytes } from '../text/units';
import { FILE_STATE, plural, type Tone } from '../text/words';
import { type Item, UploadQueue, type UploadState } from './queue';

const WORDS: Readonly<Record<UploadState, string>> = {
  waiting: 'Waiting',
  sending: 'Sending',
  reading: 'Reading',
  done: 'Done',
  failed: 'Failed',
  stopped: 'Stopped',
};

export interface Uploads {
  input: HTMLInputElement;
  tray: HTMLElement;
  overlay: HTMLElement;
}

/** `arrived` is called whenever a file has been taken in. */
export function makeUploads(arrived: () => void): Uploads {
  const rows = new Map<Item, HTMLElement>();
  const list = h('ul');
  const title = h('h2', {}, 'Uploads');
  const tray = h('aside', { class: 'tray', attrs: { 'aria-label': 'Uploads' } });
  const queue = new UploadQueue(upload, (item) => {
    tray.hidden = false;
    drawItem(item, rowOf(item), queue);
    const busy = queue.busy;
    title.textContent = busy > 0 ? `${plural(busy, 'file')} to go` : 'Uploads';
    if (item.state === 'done') arrived();
  });
  const rowOf = (item: Item) => {
    const known = rows.get(item);
    if (known) return known;
    const row = h('li');
    rows.set(item, row);
    list.append(row);
    return row;
  };
  const close = () => {
    queue.clear();
    for (const [item, row] of rows) {
      if (queue.items.includes(item)) continue;
      row.remove();
      rows.delete(item);
    }
    tray.hidden = queue.items.length === 0;
  };
  tray.hidden = true;
  tray.append(
    h(
      'header',
      {},
      title,
      button({ label: 'Close', icon: 'close', kind: 'quiet', iconOnly: true, press: close }),
    ),
    list,
  );
  const input = h('input', {
    class: 'unseen',
    attrs: {
      id: 'upload-input',
      type: 'file',
      multiple: true,
      tabindex: -1,
      'aria-label': 'Files to upload',
    },
    onchange: () => {
      queue.add(input.files ?? []);
      input.value = '';
    },
  });
  return { input, tray, overlay: dropOverlay((files) => queue.add(files)) };
}

function drawItem(item: Item, row: HTMLElement, queue: UploadQueue): void {
  row.dataset['uploadState'] = item.state;
  row.dataset['uploadFile'] = item.file.name;
  const underWay = item.state === 'sending' || item.state === 'reading' || item.state === 'waiting';
  const stop = underWay
    ? button({
        label: `Stop ${item.file.name}`,
        icon: 'close',
        kind: 'quiet',
        iconOnly: true,
        press: () => queue.stop(item),
      })
    : null;
  const part = item.file.size > 0 ? item.sent / item.file.size : 1;
  const bar = h('progress', { attrs: { max: 1, value: part, 'aria-label': `${item.file.name} sent` } });
  const amount = `${bytes(item.sent)} of ${bytes(item.file.size)}`;
  fill(
    row,
    h('div', { class: 'upload-name' }, h('span', { class: 'file-name' }, item.file.name), stop),
    underWay ? bar : null,
    h('div', { class: 'upload-state', attrs: { role: 'status' } }, ...outcome(item, amount)),
  );
}

function outcome(item: Item, amount: string): (Node | string)[] {
  if (item.error) {
    const { what, tryThis } = item.error;
    return [line('bad', WORDS.failed), h('span', {}, what), h('span', { class: 'second' }, tryThis)];
  }
  const { answer } = item;
  if (!answer) return [line('plain', WORDS[item.state]), h('span', { class: 'second' }, amount)];
  const { label, tone } = FILE_STATE[answer.state] ?? { label: answer.state, tone: 'plain' };
  const told = answer.duplicate ? line('plain', 'Already kept') : line(tone, label);
  const links = answer.flights.map((id, i) =>
    h(
      'a',
      { attrs: { href: flightAddress(id) } },
      answer.flights.length === 1 ? 'Open flight' : `Flight ${i + 1}`,
    ),
  );
  const problems =
    answer.problems > 0 ? h('span', { class: 'second' }, plural(answer.problems, 'problem')) : null;
  const said = answer.message ? h('span', { class: 'second' }, answer.message) : null;
  return [told, ...links, ...[problems, said].filter((part) => part !== null)];
}

function line(tone: Tone, words: string): HTMLElement {
  return h('span', { class: `badge tone-${tone}` }, words);
}

function dropOverlay(dropped: (files: Iterable<File>) => void): HTMLElement {
  const overlay = h(
    'div',
    { class: 'drop', attrs: { 'aria-hidden': 'true' } },
    h(
      'div',
      {},
      icon(ICONS.upload),
      h('p', {}, 'Drop logs to take them in'),
      h('p', { class: 'second' }, 'Any format: what cannot be read is kept all the same'),
    ),
  );
  let depth = 0;
  const withFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const show = (yes: boolean) => overlay.classList.toggle('over', yes);
  addEventListener('dragenter', (event) => {
    if (!withFiles(event)) return;
    depth += 1;
    show(true);
  });
  addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) show(false);
  });
  addEventListener('dragover', (event) => {
    if (withFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!withFiles(event)) return;
    event.preventDefault();
    depth = 0;
    show(false);
    dropped(event.dataTransfer?.files ?? []);
  });
  return overlay;
}
