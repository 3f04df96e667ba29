/** The part of the API about fields. */
import { API, ask, CHANGE_HEADER, change, refusal, unreachable } from '../api/client';
import type { LonLat } from '../api/types';
import type { Choices, CropField, FieldPage, ImageLook, Layer, Made, Probe, RateAnswer } from './types';

const of = (field: string) => `/crop/fields/${encodeURIComponent(field)}`;
const seen = (image: string) => `/crop/images/${encodeURIComponent(image)}`;

export const choices = () => ask<Choices>('/crop/choices');
export const fields = () => ask<{ fields: CropField[] }>('/crop/fields').then((answer) => answer.fields);
export const field = (id: string) => ask<FieldPage>(of(id));
export const stateField = (said: Record<string, unknown>) => change<FieldPage>('/crop/fields', said);
export const dropField = (id: string) => change<unknown>(`${of(id)}/drop`);
export const setWeather = (id: string, name: string, table: string) =>
  change<FieldPage>(`${of(id)}/weather`, { name, table });
export const addPatch = (id: string, said: Record<string, unknown>) =>
  change<FieldPage>(`${of(id)}/patches`, said);
export const dropRecord = (id: string) => change<unknown>(`/crop/records/${encodeURIComponent(id)}/drop`);
export const look = (image: string) => ask<ImageLook>(seen(image));
export const index = (image: string, name: string) => ask<Layer>(`${seen(image)}/index/${name}`);
export const patchMean = (image: string, patch: string, name: string) =>
  ask<{ mean: number | null; pixels: number }>(`${seen(image)}/patches/${patch}?index=${name}`);
export const rate = (asked: Record<string, unknown>) => change<RateAnswer>('/crop/rate', asked);
export const prescription = (asked: Record<string, unknown>) => change<Made>('/crop/prescription', asked);

export function probe(image: string, [lon, lat]: LonLat, name: string, rate: string): Promise<Probe> {
  const query = new URLSearchParams({ at: `${lon.toFixed(8)},${lat.toFixed(8)}`, index: name, rate });
  return ask<Probe>(`${seen(image)}/probe?${query}`);
}

export const pictureAddress = (path: string, low?: number, high?: number) =>
  new URL(`${API}/${path}${low === undefined ? '' : `&low=${low}&high=${high}`}`, location.origin).href;

export async function sendImage(it: File, said: Record<string, string>): Promise<ImageLook> {
  const query = new URLSearchParams({ ...said, name: it.name });
  const headers = { ...CHANGE_HEADER, 'Content-Type': 'application/octet-stream' };
  const options = { method: 'POST', credentials: 'same-origin', headers, body: it } as const;
  const response = await fetch(`${API}/crop/images?${query}`, options).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  return (await response.json()) as ImageLook;
}

export async function prescriptionFile(
  asked: Record<string, unknown>,
): Promise<{ blob: Blob; name: string }> {
  const headers = { ...CHANGE_HEADER, 'Content-Type': 'application/json' };
  const options = {
    method: 'POST',
    credentials: 'same-origin',
    headers,
    body: JSON.stringify(asked),
  } as const;
  const response = await fetch(`${API}/crop/prescription/file`, options).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw refusal(response.status, await response.text());
  const named = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '');
  return { blob: await response.blob(), name: named?.[1] ?? 'prescription' };
}

/** Hand a file to the browser. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
