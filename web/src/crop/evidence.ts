/** What a rate rests on; or that there is not enough evidence for one, and what would be. */
import { h } from '../dom/h';
import { facts, message } from '../dom/parts';
import { figures, list } from './parts';
import type { Answer, Missing, Probe, RateAnswer, Source } from './types';
import { NOT_ENOUGH } from './types';

const HEAD = 'Not enough evidence for a rate; here is what would be.';

/** The same words as the PDF and the JSON. */
export function notEnough(missing: Missing): HTMLElement {
  return h(
    'div',
    { class: 'crop-missing message tone-warn', attrs: { role: 'status' } },
    h('p', { class: 'crop-missing-head' }, HEAD),
    h('p', {}, missing.what),
    list(missing.would_help, 'crop-would-help'),
    missing.sources?.length ? sources(missing.sources) : null,
  );
}

export function sources(of: readonly Source[]): HTMLElement {
  return h(
    'details',
    { class: 'crop-sources' },
    h('summary', {}, 'Sources'),
    list(of.map((each) => [each.title, each.url].filter(Boolean).join(' '))),
  );
}

export function isRate(answer: RateAnswer): boolean {
  return answer.outcome !== NOT_ENOUGH;
}

export function answerBox({ outcome, answer, layer }: RateAnswer): HTMLElement {
  if (outcome === NOT_ENOUGH) {
    const missing = { what: answer.what ?? '', would_help: answer.would_help ?? [], sources: answer.sources };
    return h('div', {}, notEnough(missing), worked(answer));
  }
  return h(
    'div',
    { class: 'crop-answer' },
    rateFacts(answer, layer !== null),
    notes(answer),
    worked(answer),
    sources(answer.sources),
  );
}

function rateFacts(answer: Answer, map: boolean): HTMLElement {
  const between = answer.interval;
  return facts(
    [map ? 'Rate at the mean' : 'Rate', h('strong', {}, `${figures(answer.rate_kg_ha)} kg N/ha`)],
    ['Model', answer.model],
    [
      'Lies between',
      between
        ? `${figures(between.low)} and ${figures(between.high)} (${Math.round(between.level * 100)} %)`
        : '',
    ],
    ['Confidence', `${answer.confidence ?? ''}: ${answer.why ?? ''}`],
    ['Changed by', answer.limited ?? ''],
  );
}

function notes(answer: Answer): HTMLElement | null {
  return answer.notes?.length ? list(answer.notes, 'crop-notes') : null;
}

/** Every number that went in and came up on the way. */
function worked(answer: Answer): HTMLElement | null {
  const rows = [...Object.entries(answer.inputs), ...Object.entries(answer.worked)];
  if (rows.length === 0) return null;
  const said = (value: number | string | null) =>
    typeof value === 'number' ? figures(value) : (value ?? '–');
  return h(
    'details',
    {},
    h('summary', {}, 'Inputs and working'),
    facts(...rows.map(([name, value]): [string, string] => [name, said(value)])),
  );
}

export function probeBox(found: Probe, title: string, where: string): HTMLElement {
  const bands = Object.entries(found.bands).map(([name, value]) => `${name} ${figures(value)}`);
  const { advice } = found;
  return h(
    'div',
    { class: 'crop-probe-found', attrs: { 'aria-live': 'polite' } },
    facts(
      ['Place', where],
      ['Bands', bands.join(', ')],
      [title, found.index === null ? 'no value here' : figures(found.index)],
      ['Stage', stageWords(found.stage)],
      ...(advice ? rateHere(found, advice) : []),
    ),
    ...(advice
      ? [notes(advice), worked(advice), sources(advice.sources)]
      : [message('plain', 'No rate here: no model was asked yet, or it had not enough evidence.')]),
  );
}

function stageWords(stage: Probe['stage']): string {
  if (!stage) return '';
  const scales = [
    stage.bbch === null ? '' : `BBCH ${stage.bbch}`,
    stage.feekes ? `Feekes ${stage.feekes}` : '',
  ];
  return `${[stage.stage, ...scales].filter(Boolean).join(', ')}, since ${stage.reached}`;
}

function rateHere({ rate_kg_ha, why }: Probe, advice: Answer): [string, string | HTMLElement][] {
  return [
    ['Rate', h('strong', {}, `${figures(rate_kg_ha ?? advice.rate_kg_ha)} kg N/ha`)],
    ['Why', [advice.model, why].filter(Boolean).join(': ')],
    ['Confidence', `${advice.confidence ?? ''}: ${advice.why ?? ''}`],
  ];
}
