import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { type PrintedEvent, startDbsync } from '../harness/dbsync-child.ts';
import { type Reply, type SeenRequest, startScriptedApi } from '../harness/scripted-api.ts';

const MIB = 1 << 20;
/** The memory limit of each attack, the process itself included. */
const MOST_MIB = 512;
/** The work of a process after SIGTERM. */
const MOST_CPU_SECONDS = 5;
const UNPACKED_BYTES = 60_000_000;
const PROBE = new URL('stop-probe.ts', import.meta.url).href;

type Answer = (request: SeenRequest, nr: number) => Reply;

/** Gives the answers of a campaign without contacts; the attack gives the others. */
const quiet: Answer = ({ path }) => ({ json: path === 'fields/list' || path === 'contacts/' ? [] : { results: [] } });

/** Makes JSON of 60 MB, packed into some 60 kB. */
function bomb(piece: string, start = '{"results":[', end = '1]}'): Reply {
  const body = Buffer.alloc(UNPACKED_BYTES, piece);
  const text = gzipSync(Buffer.concat([Buffer.from(start), body, Buffer.from(end)]));
  return { text, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } };
}

function onlyAt(path: string, attack: Answer): Answer {
  return (request, nr) => (request.path === path ? attack(request, nr) : quiet(request, nr));
}

/**
 * Makes 16,384 texts with the same lower 16 bits of FNV-1a, whatever its seed: two units that differ in their highest
 * bit cancel out.
 */
function collidingIds(): readonly string[] {
  return Array.from({ length: 1 << 14 }, (_, nr) =>
    Array.from({ length: 14 }, (_unit, bit) => ((nr >> bit) & 1 ? '\u8041\u8041' : 'AA')).join(''),
  );
}

const NUMBERS = bomb('1.0,');
const LISTS = bomb('[],');
const DEEP = bomb('[', '', '');
const BODIES = bomb('{"fired":1},', '[{"$id":"A","$task_log":[{"transactions":[', '1]}]}]');
const FIELDS = bomb('{},', '[', '1]');
const COLLIDING = collidingIds();
const listed = { json: { results: [{ id: 'A', md5: 'm' }] } };
const reported = (code: string) => (event: PrintedEvent) => event.code === code;
/** The number of endless answers after which dbsync must detect them; they would end after thousands. */
const ENDLESS_ANSWERS = 100;

const ATTACKS: readonly (readonly [string, Answer, ((event: PrintedEvent) => boolean) | 'endless'])[] = [
  ['a page that is a bomb of numbers', onlyAt('contacts/list', () => NUMBERS), reported('API_ANSWER_TOO_LARGE')],
  ['a page that is a bomb of lists', onlyAt('contacts/transactions/', () => LISTS), reported('API_ANSWER_TOO_LARGE')],
  ['a page that is a bomb of levels', onlyAt('inbound/calls/', () => DEEP), reported('API_ANSWER_TOO_LARGE')],
  ['a list of fields that is a bomb', onlyAt('fields/list', () => FIELDS), reported('API_ANSWER_TOO_LARGE')],
  ['a failure that is a bomb', onlyAt('contacts/list', () => ({ ...NUMBERS, status: 500 })), reported('API_FAILED')],
  [
    'bodies that are bombs',
    (request, nr) => {
      if (request.path === 'contacts/') return BODIES;
      return request.path === 'contacts/list' ? listed : quiet(request, nr);
    },
    reported('API_ANSWER_TOO_LARGE'),
  ],
  [
    'pages without an entry under cursors without end',
    (request, nr) => ({ json: request.path === 'fields/list' ? [] : { results: [], cursor: `cursor ${nr}` } }),
    reported('API_LISTING_ENDLESS'),
  ],
  [
    'events of new contacts without end',
    onlyAt('contacts/transactions/', (_request, nr) => {
      const results = Array.from(
        { length: 1_000 },
        (_, at) => `key ${nr} ${at}|${'m'.repeat(32)}|CONTACT${nr * 1_000 + at}`,
      );
      return { json: { results, cursor: `cursor ${nr}` } };
    }),
    'endless',
  ],
  [
    'a listing of new contacts without end',
    onlyAt('contacts/list', (_request, nr) => {
      const results = Array.from({ length: 1_000 }, (_, at) => ({
        id: `CONTACT${nr * 1_000 + at}`,
        md5: 'c'.repeat(32),
      }));
      return { json: { results, cursor: `cursor ${nr}` } };
    }),
    'endless',
  ],
  [
    'a listing of new contacts with long ids without end',
    onlyAt('contacts/list', (_request, nr) => {
      const results = Array.from({ length: 1_000 }, (_, at) => ({
        id: `${'\u8041'.repeat(980)}${nr * 1_000 + at}`,
        md5: 'c'.repeat(32),
      }));
      return { json: { results, cursor: `cursor ${nr}` } };
    }),
    'endless',
  ],
  [
    'ids of one hash',
    onlyAt('contacts/list', ({ query }) => {
      const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit)];
      const results = COLLIDING.slice(from, from + limit).map((id) => ({ id, md5: 'm' }));
      return { json: { results, cursor: from + limit < COLLIDING.length ? String(from + limit) : null } };
    }),
    ({ type, contacts }) => type === 'listed' && contacts === COLLIDING.length,
  ],
];

it.each(ATTACKS)('%s: dbsync stays small, and ends when it is stopped', async (_what, answer, isMet) => {
  const { dbsync, many, stop } = await startUnder(answer);
  await (isMet === 'endless' ? many : dbsync.next(isMet));
  const peakMib = peakBytesOf(dbsync.process.pid) / MIB;
  await stop();
  expect(peakMib).toBeLessThan(MOST_MIB);
});

it.each(ATTACKS)('%s: dbsync heeds SIGTERM while the answer comes', async (_what, answer, isMet) => {
  const { attacked, many, stop } = await startUnder(answer);
  await (isMet === 'endless' ? many : attacked);
  await stop();
});

/** Starts a daemon whose API gives these answers. */
async function startUnder(answer: Answer) {
  const [many, attacked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let nr = 0;
  const api = await startScriptedApi((request) => {
    if (++nr === ENDLESS_ANSWERS) many.resolve();
    const reply = answer(request, nr);
    if (!isDeepStrictEqual(reply, quiet(request, nr))) attacked.resolve();
    return reply;
  });
  onTestFinished(() => api[Symbol.asyncDispose]());
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-hostile-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const report = join(folder, 'stop.json');
  const variables = { NODE_OPTIONS: `--import=${PROBE}`, STOP_PROBE_REPORT: report };
  const url = `sqlite:${join(folder, 'copy.db')}`;
  const options = { mode: 'db_sync', campaign: 'C', token: 'token', 'api-url': api.url, url, interval: 1 };
  const dbsync = startDbsync(options, variables);
  onTestFinished(() => dbsync.kill('SIGKILL'));
  return {
    dbsync,
    many: many.promise,
    attacked: attacked.promise,
    /** Asks the process to stop. It ends by itself, with little work, and waits for none of its own deadlines. */
    async stop() {
      const cpuSeconds = cpuSecondsOf(dbsync.process.pid);
      dbsync.kill('SIGTERM');
      expect(await dbsync.ended, dbsync.output().slice(-2_000)).toBe(0);
      const { cpuMicros, awaited } = JSON.parse(readFileSync(report, 'utf8'));
      expect(awaited).toEqual([]);
      expect((cpuMicros.user + cpuMicros.system) / 1e6 - cpuSeconds).toBeLessThan(MOST_CPU_SECONDS);
    },
  };
}

/** The processor time of the process so far: it grows with its work, and not with the load of the machine. */
function cpuSecondsOf(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Returns the most memory that the process ever had at a time, by the system's own count. */
function peakBytesOf(pid: number | undefined): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}
