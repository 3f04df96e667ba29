/**
 * A stand-in for the Groundside server while the page is being written: same addresses, same shapes, same
 * Content-Security-Policy, simulated flights. Never shipped.
 *
 * MOCK_FLIGHTS=100000 npm run mock   tries the page on a large archive.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flight, line, measured, track } from './fleet.mjs';

const COUNT = Number(process.env.MOCK_FLIGHTS ?? 240);
const PORT = Number(process.env.MOCK_PORT ?? 8123);
const MOST_LINES = 2000;
const OWNER_MAP = process.env.MOCK_PMTILES;
const STATIC = fileURLToPath(new URL('../../src/groundside/see/web/static/', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};
const POLICY =
  "default-src 'self'; worker-src 'self'; img-src 'self' data: blob:; style-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'";

const rows = Array.from({ length: COUNT }, (_, i) => ({ i, ...flight(i).row }));
if (COUNT <= 1000)
  for (const row of rows)
    Object.assign(
      row,
      measured(row, () => track(row.i)),
    );
const byId = new Map(rows.map((row) => [row.id, row]));
const notes = new Map();
const uploads = [];
const listeners = new Set();
let seq = 0;

function happened(what, about) {
  const event = { seq: ++seq, at: new Date().toISOString(), what, who: 'mock', how: 'page', about };
  for (const response of listeners) response.write(`data: ${JSON.stringify(event)}\n\n`);
}

const jobs = [
  {
    id: 'j1',
    kind: 'ingest',
    state: 'running',
    done: 182,
    total: 240,
    unit: 'files',
    note: '4.1 files/s, 14 s left',
    started: '2026-11-22T12:40:00Z',
    ended: null,
    cancel_asked: false,
  },
  {
    id: 'j2',
    kind: 'verify',
    state: 'done',
    done: 512,
    total: 512,
    unit: 'files',
    note: 'All bytes as they were kept',
    started: '2026-11-22T09:00:00Z',
    ended: '2026-11-22T09:01:12Z',
    cancel_asked: false,
  },
  {
    id: 'j3',
    kind: 'ingest',
    state: 'interrupted',
    done: 31,
    total: 90,
    unit: 'files',
    note: 'Resume: groundside jobs resume j3',
    started: '2026-11-21T16:00:00Z',
    ended: null,
    cancel_asked: false,
  },
];

const key = { place: (f) => f.place, aircraft: (f) => f.aircraft.name || f.aircraft.model };

function chosen(query) {
  const [text, aircraft] = ['q', 'aircraft'].map((name) => (query.get(name) ?? '').toLowerCase());
  const [from, to] = ['from', 'to'].map((name) => query.get(name));
  const near = query.get('near')?.split(',').map(Number);
  const holds = (f, words) =>
    JSON.stringify([f.place, f.aircraft, f.sources.map((s) => s.file)])
      .toLowerCase()
      .includes(words);
  return rows.filter((f) => {
    if (f.bench && query.get('bench') !== 'true') return false;
    if ((from || to) && !f.recording_start) return false;
    if (from && f.recording_start < from) return false;
    if (to && f.recording_start >= to) return false;
    if (
      near &&
      Math.hypot((f.home[0] - near[0]) * Math.cos((near[1] * Math.PI) / 180), f.home[1] - near[1]) * 111195 >
        near[2]
    )
      return false;
    return holds(f, text) && JSON.stringify(f.aircraft).toLowerCase().includes(aircraft);
  });
}

function page(query) {
  const found = chosen(query);
  const sort = query.get('sort') ?? 'recording_start';
  const value = key[sort] ?? ((f) => f[sort]);
  const sign = query.get('order') === 'asc' ? 1 : -1;
  found.sort(
    (a, b) =>
      (value(a) === null) - (value(b) === null) ||
      sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0),
  );
  const offset = Number(query.get('offset') ?? 0);
  const sum = (name) => found.reduce((all, f) => all + (f[name] ?? 0), 0);
  return {
    total: found.length,
    sums: { airborne_s: sum('airborne_s'), distance_m: sum('distance_m') },
    flights: found.slice(offset, offset + Number(query.get('limit') ?? 100)),
  };
}

function detail(row) {
  const problems =
    row.i % 4 === 1
      ? [
          {
            file: row.sources[0].file,
            offset: 1048576,
            length: 412,
            what: 'No record begins here; reading went on at the next one that fits.',
          },
        ]
      : [];
  const other = rows[row.i + 1];
  const offers =
    row.i % 6 === 2 && other
      ? [
          {
            flight: other.id,
            why: 'Same aircraft; paths lie within 2 m of each other for 310 s, but one clock is of an unknown zone.',
          },
        ]
      : [];
  return { ...row, problems, offers, notes: notes.get(row.id) ?? [] };
}

function trackAnswer(row, most) {
  const { t, ...columns } = track(row.i);
  const every = Math.max(1, Math.ceil(t.length / most));
  const thin = (values) => values.filter((_, k) => k % every === 0);
  const start = row.recording_start ? Date.parse(row.recording_start) * 1000 : 0;
  const shown = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, thin(values)]));
  const times = thin(t).map((s) => start + Math.round(s * 1e6));
  const origins = Object.fromEntries(Object.keys(columns).map((name) => [name, `simulated ${name}`]));
  return {
    rows: times.length,
    rows_total: t.length,
    thinning: every > 1 ? `Every ${every}th sample.` : '',
    time_basis: row.time_basis,
    time_error_s: row.time_error_s,
    columns: { time_us: times, ...shown },
    origins: { time_us: 'simulated clock', ...origins },
  };
}

function files() {
  const kept = rows.slice(0, 400).flatMap((row) =>
    row.sources.map((s) => ({
      file: s.file,
      size: 180_000 + ((row.i * 73_331) % 9_000_000),
      format: s.format,
      state: row.track_locked ? 'locked' : 'read',
      flights: [row.id],
      problems: row.i % 4 === 1 ? 1 : 0,
      sha256: s.sha256,
      received: '2026-11-22T12:40:00Z',
    })),
  );
  const odd = [
    ['holiday.zip', null, 'not-understood', 8_211_004],
    ['notes from the field.docx', null, 'not-understood', 41_220],
    ['SIM_TRUNCATED.BIN', 'ardupilot-dataflash', 'failed', 512],
    ['huge-sparse.bin', null, 'too-large', 10_737_418_240],
    ['sim_queue_0081.BIN', null, 'pending', 2_100_422],
  ].map(([file, format, state, size]) => ({
    file,
    format,
    state,
    size,
    flights: [],
    problems: state === 'failed' ? 2 : 0,
    sha256: createHash('sha256').update(file).digest('hex'),
    received: '2026-11-22T12:41:00Z',
  }));
  return { files: [...uploads, ...odd, ...kept] };
}

class Refused extends Error {
  constructor(status, what, tryThis) {
    super(what);
    Object.assign(this, { status, tryThis });
  }
}

function flightOr404(id) {
  const row = byId.get(id);
  if (!row) throw new Refused(404, 'There is no such flight.', 'Look for it in the list of flights.');
  return row;
}

function get(path, query) {
  if (path === '/about')
    return {
      version: 'mock',
      archive: { id: 'simulated', simulated: true, flights: COUNT, files: COUNT, last_event: seq },
      basemap_pmtiles: OWNER_MAP ? '/api/v1/basemap.pmtiles' : null,
      attributions: [
        'Land and borders: Natural Earth (public domain), by world-atlas',
        'US states and counties: US Census Bureau (public domain), by us-atlas',
        'Places: GeoNames, CC BY 4.0',
      ],
    };
  if (path === '/flights') return page(query);
  if (path === '/lines') {
    const found = chosen(query);
    return {
      lines: found
        .slice(0, MOST_LINES)
        .map(({ i }) => line(i))
        .filter((drawn) => drawn !== null),
      truncated: found.length > MOST_LINES,
    };
  }
  if (path === '/files') return files();
  if (path === '/jobs') return { jobs };
  const [, id, part] = /^\/flights\/([^/]+)(\/track|\/export)?$/.exec(path) ?? [];
  if (!id) throw new Refused(404, 'There is nothing at this address.', '');
  const row = flightOr404(id);
  if (!part) return detail(row);
  if (row.track_locked)
    throw new Refused(
      409,
      'It is encrypted under a key not held here.',
      `groundside keychain request ${row.sources[0].file}`,
    );
  if (row.track_rows === 0)
    throw new Refused(404, 'None of its files holds positions.', 'Add another file of the same flight.');
  return trackAnswer(row, Number(query.get('rows') ?? 5000));
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function post(path, query, request) {
  if (request.headers['x-groundside'] !== '1')
    throw new Refused(403, 'Another site asked for this change.', 'use the page');
  const bytes = await body(request);
  if (path === '/upload') return take(query.get('name'), bytes);
  const [, job] = /^\/jobs\/([^/]+)\/cancel$/.exec(path) ?? [];
  if (job)
    Object.assign(jobs.find(({ id }) => id === job) ?? {}, {
      state: 'cancelled',
      ended: new Date().toISOString(),
    });
  const [, id, verb] = /^\/flights\/([^/]+)\/(notes|merge|unmerge)$/.exec(path) ?? [];
  if (id) change(flightOr404(id), verb, JSON.parse(bytes.toString()));
  happened(path, id ?? job ?? '');
  return {};
}

function change(row, verb, said) {
  if (verb === 'notes')
    notes.set(row.id, [
      ...(notes.get(row.id) ?? []),
      { id: `${Date.now()}`, text: said.text, author: 'owner', at: new Date().toISOString() },
    ]);
  if (verb === 'merge') row.aliases = [...row.aliases, said.other];
  if (verb === 'unmerge') row.aliases = row.aliases.filter((alias) => alias !== said.alias);
}

function take(name, bytes) {
  if (bytes.length === 0) throw new Refused(400, `${name} is empty.`, 'Copy it from the card again.');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const duplicate = uploads.some((file) => file.sha256 === sha256);
  const understood = /\.(bin|txt|srt|csv)$/i.test(name);
  const file = {
    file: name,
    size: bytes.length,
    format: understood ? 'ardupilot-dataflash' : null,
    state: understood ? 'read' : 'not-understood',
    flights: understood ? [rows[0].id] : [],
    problems: 0,
    sha256,
    received: new Date().toISOString(),
  };
  if (!duplicate) uploads.unshift(file);
  happened('file kept', sha256);
  return {
    file: name,
    state: file.state,
    flights: file.flights,
    duplicate,
    problems: 0,
    message: duplicate ? 'The same bytes are here already.' : understood ? '1 flight.' : 'Kept as it is.',
  };
}

function events(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': here\n\n');
  listeners.add(response);
  response.on('close', () => listeners.delete(response));
}

function asset(path, response) {
  const file =
    path === '/' ? 'index.html' : normalize(path.replace(/^\/static\//, '')).replace(/^(\.\.[/\\])+/, '');
  const where = join(STATIC, file);
  if (!existsSync(where)) throw new Refused(404, 'There is nothing at this address.', 'npm run build');
  response.writeHead(200, {
    'content-type': TYPES[extname(where)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  response.end(readFileSync(where));
}

/** A PMTiles file of one's own, by ranges. */
function ownerMap(request, response) {
  const whole = readFileSync(OWNER_MAP);
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return response.end(whole);
  const end = Math.min(Number(to), whole.length - 1);
  response.writeHead(206, { 'content-range': `bytes ${from}-${end}/${whole.length}`, etag: '"mock"' });
  return response.end(whole.subarray(Number(from), end + 1));
}

async function answer(request, response) {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const path = url.pathname.replace(/^\/api\/v1/, '');
  if (!url.pathname.startsWith('/api/v1')) return asset(url.pathname, response);
  if (path === '/events') return events(response);
  if (path === '/basemap.pmtiles' && OWNER_MAP) return ownerMap(request, response);
  const told =
    request.method === 'POST' ? await post(path, url.searchParams, request) : get(path, url.searchParams);
  response.writeHead(200, { 'content-type': 'application/json', 'content-security-policy': POLICY });
  response.end(JSON.stringify(told));
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(error.status ?? 500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { what: error.message, try_this: error.tryThis ?? '' } }));
  });
}).listen(PORT, '127.0.0.1', () =>
  process.stdout.write(`simulated archive of ${COUNT} flights: http://127.0.0.1:${PORT}/\n`),
);
