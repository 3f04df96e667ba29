/** Files on their way to the archive, two at a time. */
import { RequestFailed } from '../api/client';
import type { UploadAnswer } from '../api/types';
import type { Upload } from '../api/upload';

export type UploadState = 'waiting' | 'sending' | 'reading' | 'done' | 'failed' | 'stopped';

export interface Item {
  readonly file: File;
  state: UploadState;
  sent: number;
  answer: UploadAnswer | null;
  error: { what: string; tryThis: string } | null;
  stop: (() => void) | null;
}

export type Send = (file: File, sent: (bytes: number) => void) => Upload;

const AT_ONCE = 2;

export class UploadQueue {
  readonly items: Item[] = [];

  constructor(
    private readonly send: Send,
    private readonly changed: (item: Item) => void,
  ) {}

  add(files: Iterable<File>): void {
    for (const file of files) {
      const item: Item = { file, state: 'waiting', sent: 0, answer: null, error: null, stop: null };
      this.items.push(item);
      this.changed(item);
    }
    this.next();
  }

  stop(item: Item): void {
    item.stop?.();
    if (item.state === 'waiting') this.put(item, { state: 'stopped' });
  }

  /** Let go of everything that has ended. */
  clear(): void {
    const left = this.items.filter((item) => this.underWay(item) || item.state === 'waiting');
    this.items.splice(0, this.items.length, ...left);
  }

  get busy(): number {
    return this.items.filter((item) => this.underWay(item) || item.state === 'waiting').length;
  }

  private underWay(item: Item): boolean {
    return item.state === 'sending' || item.state === 'reading';
  }

  private put(item: Item, part: Partial<Item>): void {
    Object.assign(item, part);
    this.changed(item);
  }

  private next(): void {
    const free = AT_ONCE - this.items.filter((item) => this.underWay(item)).length;
    for (const item of this.items.filter(({ state }) => state === 'waiting').slice(0, free))
      void this.run(item);
  }

  private async run(item: Item): Promise<void> {
    const upload = this.send(item.file, (sent) =>
      this.put(item, { sent, state: sent >= item.file.size ? 'reading' : 'sending' }),
    );
    this.put(item, { state: 'sending', stop: upload.abort });
    try {
      const answer = await upload.answer;
      this.put(item, { answer, state: 'done', sent: item.file.size, stop: null });
    } catch (error) {
      this.put(item, failed(error));
    }
    this.next();
  }
}

function failed(error: unknown): Partial<Item> {
  if (error instanceof DOMException && error.name === 'AbortError') return { state: 'stopped', stop: null };
  if (error instanceof RequestFailed) {
    return { state: 'failed', stop: null, error: { what: error.what, tryThis: error.tryThis } };
  }
  return {
    state: 'failed',
    stop: null,
    error: { what: 'The file could not be sent.', tryThis: 'Try it again.' },
  };
}
