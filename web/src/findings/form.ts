/** The form in which a finding is written: when it is pinned, and whenever more is to be said of it. */
import { fill, h } from '../dom/h';
import { button, failure } from '../dom/parts';
import { type Asset, type Finding, type Said, SEVERITIES, type Severity, STATUSES, type Status } from './api';

let forms = 0;

export interface FormListener {
  /** Send it; what it throws is shown in the form. */
  save(said: Said): Promise<void>;
  cancel(): void;
}

export function select(
  name: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
): HTMLSelectElement {
  const made = options.map(([value, label]) =>
    h('option', { attrs: { value, selected: value === chosen } }, label),
  );
  return h('select', { attrs: { name } }, ...made);
}

export const field = (label: string, control: HTMLElement) =>
  h('label', { class: 'field' }, h('span', {}, label), control);

const same = (values: readonly string[]) => values.map((value) => [value, value] as const);

/** Say only what differs from what is known: what is left out stays as it is. */
export function difference(known: Finding | null, now: Required<Said>): Said {
  if (!known) return now;
  const was: Required<Said> = {
    type: known.type,
    severity: known.severity,
    status: known.status,
    note: known.note ?? '',
    assigned: known.assigned ?? '',
    asset: known.asset ?? '',
  };
  return Object.fromEntries(
    Object.entries(now).filter(([name, value]) => was[name as keyof Said] !== value),
  ) as Said;
}

/** A form for a new finding (`known` is null), or for more to be said of one. */
export function findingForm(
  known: Finding | null,
  assets: readonly Asset[],
  types: readonly string[],
  listener: FormListener,
): HTMLFormElement {
  forms += 1;
  const list = `types-${forms}`;
  const type = h('input', {
    attrs: { type: 'text', name: 'type', required: true, maxlength: 1000, list, value: known?.type ?? null },
  });
  const severity = select('severity', same(SEVERITIES), known?.severity ?? 'minor');
  const status = select('status', same(STATUSES), known?.status ?? 'open');
  const its = known?.asset ? [known.asset] : [];
  const names = [...new Set([...assets.map(({ name }) => name), ...its])].map(
    (name) => [name, name] as const,
  );
  const asset = select('asset', [['', 'none'], ...names], known?.asset ?? '');
  const assigned = h('input', {
    attrs: { type: 'text', name: 'assigned', maxlength: 1000, value: known?.assigned },
  });
  const note = h('input', { attrs: { type: 'text', name: 'note', maxlength: 1000, value: known?.note } });
  const trouble = h('div', { class: 'form-trouble' });
  const save = h('button', { class: 'button primary', attrs: { type: 'submit' } }, known ? 'Save' : 'Pin it');
  const form = h(
    'form',
    { class: 'finding-form', attrs: { 'aria-label': known ? 'Change the finding' : 'New finding' } },
    field('Type', type),
    h('datalist', { attrs: { id: list } }, ...types.map((each) => h('option', { attrs: { value: each } }))),
    h('div', { class: 'form-pair' }, field('Severity', severity), field('Status', status)),
    field('Asset', asset),
    field('Assigned to', assigned),
    field('Note', note),
    trouble,
    h(
      'div',
      { class: 'form-buttons' },
      save,
      button({ label: 'Cancel', kind: 'quiet', press: () => listener.cancel() }),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const said = difference(known, {
      type: type.value.trim(),
      severity: severity.value as Severity,
      status: status.value as Status,
      note: note.value.trim(),
      assigned: assigned.value.trim(),
      asset: asset.value,
    });
    if (known && Object.keys(said).length === 0) {
      listener.cancel();
      return;
    }
    save.disabled = true;
    void listener
      .save(said)
      .catch((error: unknown) => fill(trouble, failure(error)))
      .finally(() => {
        save.disabled = false;
      });
  });
  return form;
}
