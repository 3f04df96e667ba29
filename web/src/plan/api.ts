/** Planning's part of the API. */
import { API, CHANGE_HEADER, refusal, unreachable } from '../api/client';
import type { Choices, Compared, Ground, Plan, PlanAsked, PlanRead } from './types';

async function send(path: string, body: BodyInit, type: string, signal?: AbortSignal): Promise<Response> {
  const headers = { ...CHANGE_HEADER, 'Content-Type': type };
  const options: RequestInit = { method: 'POST', credentials: 'same-origin', headers, body };
  if (signal) options.signal = signal;
  const response = await fetch(`${API}/plan${path}`, options).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return response;
}

const json = (path: string, body: unknown, signal?: AbortSignal) =>
  send(path, JSON.stringify(body), 'application/json', signal);

export async function choices(): Promise<Choices> {
  const response = await fetch(`${API}/plan/choices`, { credentials: 'same-origin' }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return (await response.json()) as Choices;
}

export async function plan(asked: PlanAsked, signal: AbortSignal): Promise<Plan> {
  return (await (await json('', asked, signal)).json()) as Plan;
}

export interface Override {
  check: string;
  reason: string;
}

export async function planFile(
  asked: PlanAsked,
  to: string,
  overrides: Override[],
  split: boolean,
  flight = '',
): Promise<{ blob: Blob; name: string }> {
  const response = await json('/file', { plan: asked, to, overrides, split, flight });
  const named = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '');
  return { blob: await response.blob(), name: named?.[1] ?? `plan${to}` };
}

export async function compare(asked: PlanAsked, flight: string): Promise<Compared> {
  return (await (await json('/compare', { plan: asked, flight })).json()) as Compared;
}

const file = (path: string, it: File) =>
  send(`${path}?name=${encodeURIComponent(it.name)}`, it, 'application/octet-stream');

export async function readPlan(it: File): Promise<PlanRead> {
  return (await (await file('/read', it)).json()) as PlanRead;
}

export async function sendGround(it: File): Promise<Ground> {
  return (await (await file('/terrain', it)).json()) as Ground;
}
