/** Long work going on in the archive, behind a button in the bar. */
import * as api from '../api/client';
import type { Job } from '../api/types';
import { fill, h, icon } from '../dom/h';
import { ICONS } from '../dom/icons';
import { button, failure, stateBadge } from '../dom/parts';
import { stamp } from '../text/times';
import { count } from '../text/units';
import { JOB_STATE } from '../text/words';

const SHOWN = 30;

export interface JobsPanel {
  button: HTMLElement;
  panel: HTMLElement;
  refresh(): Promise<void>;
}

export function makeJobs(): JobsPanel {
  const running = h('span', { class: 'count-mark' });
  const list = h('div', { class: 'jobs' });
  const panel = h(
    'div',
    { class: 'menu jobs-menu', attrs: { id: 'jobs', popover: 'auto', 'aria-label': 'Jobs' } },
    h('h2', {}, 'Jobs'),
    list,
  );
  const opener = h(
    'button',
    {
      class: 'button bar',
      attrs: { type: 'button', popovertarget: 'jobs', 'aria-label': 'Jobs', title: 'Jobs' },
    },
    icon(ICONS.jobs),
    h('span', { class: 'wide' }, 'Jobs'),
    running,
  );
  const refresh = async () => {
    try {
      const jobs = await api.jobs();
      const active = jobs.filter((job) => job.state === 'running').length;
      running.textContent = active > 0 ? String(active) : '';
      opener.classList.toggle('active', active > 0);
      fill(
        list,
        jobs.length === 0
          ? h('p', { class: 'quiet-text' }, 'No job has run yet.')
          : h('ul', {}, ...jobs.slice(0, SHOWN).map((job) => row(job, refresh))),
      );
    } catch (error) {
      fill(list, failure(error));
    }
  };
  return { button: opener, panel, refresh };
}

function row(job: Job, refresh: () => Promise<void>): HTMLElement {
  const amount =
    job.total === null
      ? `${count(job.done)} ${job.unit}`
      : `${count(job.done)} of ${count(job.total)} ${job.unit}`;
  const attrs = {
    max: job.total ?? 1,
    value: job.total === null ? null : job.done,
    'aria-label': `${job.kind}: ${amount}`,
  };
  const active = job.state === 'running';
  const cancel = () => void api.cancelJob(job.id).then(refresh, refresh);
  return h(
    'li',
    { data: { jobState: job.state } },
    h(
      'div',
      { class: 'job-head' },
      h('strong', {}, job.kind),
      stateBadge(JOB_STATE[job.state]),
      active ? button({ label: 'Cancel', kind: 'quiet', press: cancel }) : null,
    ),
    active ? h('progress', { attrs }) : null,
    h('p', { class: 'second' }, [amount, job.note].filter(Boolean).join(' · ')),
    h('p', { class: 'second' }, job.ended ? `Ended ${stamp(job.ended)}` : `Began ${stamp(job.started)}`),
  );
}
