/** Ask for plans while things change: one request under way at most, the newest wins, an old answer is dropped. */
import { settled } from '../state/signal';

export interface Replanning<Asked, Answer> {
  ask(asked: Asked, signal: AbortSignal): Promise<Answer>;
  show(answer: Answer, asked: Asked): void;
  failed(error: unknown): void;
  busy(yes: boolean): void;
}

export const SETTLE_MS = 200;

export class Replanner<Asked> {
  private number = 0;
  private shown = 0;
  private underway: AbortController | null = null;
  private next: Asked | null = null;
  private readonly later: (asked: Asked) => void;

  constructor(
    private readonly how: Replanning<Asked, unknown>,
    settleMs = SETTLE_MS,
  ) {
    this.later = settled(settleMs, (asked: Asked) => {
      if (this.next === asked) void this.start();
    });
  }

  /** While something is dragged: sent as soon as the one before is answered; those between are left out. */
  soon(asked: Asked): void {
    this.next = asked;
    if (!this.underway) void this.start();
  }

  /** When it has settled: what is under way no longer counts. */
  settle(asked: Asked): void {
    this.drop();
    this.next = asked;
    this.how.busy(true);
    this.later(asked);
  }

  /** Forget what was asked. */
  drop(): void {
    this.underway?.abort();
    this.underway = null;
    this.next = null;
    this.shown = this.number;
    this.how.busy(false);
  }

  private async start(): Promise<void> {
    const asked = this.next;
    if (asked === null) return;
    this.next = null;
    this.number += 1;
    const mine = this.number;
    const control = new AbortController();
    this.underway = control;
    this.how.busy(true);
    try {
      const answer = await this.how.ask(asked, control.signal);
      if (this.isNewest(mine)) this.how.show(answer, asked);
    } catch (error) {
      if (!control.signal.aborted && this.isNewest(mine)) this.how.failed(error);
    }
    if (this.underway !== control) return;
    this.underway = null;
    if (this.next === null) this.how.busy(false);
    else void this.start();
  }

  private isNewest(number: number): boolean {
    if (number <= this.shown) return false;
    this.shown = number;
    return true;
  }
}
