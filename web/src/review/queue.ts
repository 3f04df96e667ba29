/** The queue: photos that wait for a person, by what has become of each. */
import type { Photo } from '../photos/api';
import type { Review } from './api';

export const STATES = ['waiting', 'confirmed', 'all'] as const;
export type State = (typeof STATES)[number];

export interface Queued {
  photo: string;
  file: string;
  /** Null where nobody has looked at it in any way. */
  review: Review | null;
}

/** Photos that were asked for, and after them what else is in the queue; each once. */
export function queueOf(reviews: readonly Review[], asked: readonly Photo[] | null): Queued[] {
  const known = new Map(reviews.map((each) => [each.photo, each]));
  if (asked === null) return reviews.map((review) => ({ photo: review.photo, file: review.file, review }));
  return asked
    .filter(({ kind }) => kind === 'photo')
    .map(({ id, file }) => ({ photo: id, file, review: known.get(id) ?? null }));
}

export function fits({ review }: Queued, state: State): boolean {
  if (state === 'all') return true;
  return state === 'confirmed' ? review?.confirmed === true : review?.confirmed !== true;
}

/** What has become of one photo, in words. */
export function stateText({ review }: Queued): string {
  if (!review) return 'nobody has looked';
  const boxes = review.boxes.length;
  const hidden = boxes === 0 ? 'nothing to hide' : `${boxes} to hide`;
  if (!review.confirmed) return `${hidden}, to be confirmed`;
  return `${hidden}, confirmed by ${review.who ?? 'somebody'}`;
}

/** The next photo after one that still waits, going round; null where none does. */
export function nextWaiting(queue: readonly Queued[], after: string): Queued | null {
  const at = queue.findIndex((each) => each.photo === after);
  const round = [...queue.slice(at + 1), ...queue.slice(0, Math.max(0, at))];
  return round.find((each) => fits(each, 'waiting')) ?? null;
}
