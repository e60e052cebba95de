import { expect, it } from 'vitest';
import type { StoreRequest } from '../../src/contract/index.js';
import { guardStore } from '../../src/plugins/guarded-store.js';
import type { CallStretch } from '../../src/runs/compare-calls.js';
import { dropGone } from '../../src/runs/drop-gone.js';
import { refetchContacts } from '../../src/runs/refetch-contacts.js';
import type { RunContext, RunSettings } from '../../src/runs/run-settings.js';
import type { VerifyReport } from '../../src/runs/verify-copy.js';

const NOW_MS = Date.UTC(2026, 4, 5);
const YEAR_MS = 365 * 86_400_000;
const by = { user: 'ada', host: 'desk' };

/** A command beside a process that holds the campaign and carries out each request at once. */
function startCommand() {
  const posted: StoreRequest[] = [];
  const sink = {
    kind: 'store',
    limits: { batchContacts: 10, concurrentWrites: 1 },
    open: async () => {},
    readState: async () => ({ progress: { plan: null }, hasForeignRows: false, heldBy: { plan: null } }),
    postRequest: async (_stream: string, request: StoreRequest) => void posted.push(request),
    verifying: { listRequests: async () => [] },
    mirroring: {},
  };
  const store = guardStore(sink as unknown as Parameters<typeof guardStore>[0]);
  const settings = { campaign: 'C', sink: { target: 'T', store } } as unknown as RunSettings;
  const { signal } = new AbortController();
  const context = { signal, clock: { now: () => NOW_MS, sleep: async () => {} } } as unknown as RunContext;
  const openAgain = async () => settings;
  return {
    posted,
    async refetch(contactIds: readonly string[], calls: CallStretch | null) {
      await store.open({ signal });
      return refetchContacts(settings, context, openAgain, { contactIds, calls, by, onProgress: () => {} });
    },
    async dropGone(gone: readonly string[], named: readonly string[]) {
      await store.open({ signal });
      const orphans = named.map((contactId) => ({ contactId }));
      const report = { gone, orphans, present: 'P1', stored: 10_000 } as unknown as VerifyReport;
      return dropGone(settings, context, openAgain, { report, by, allowed: null });
    },
  };
}

it.each<[string, CallStretch, string | null, string | null]>([
  ['years before 2000', { fromMs: Date.UTC(1, 0), untilMs: Date.UTC(1970, 0) }, null, '2000-01-01T00:00:00.000Z'],
  ['a start before 2000 alone', { fromMs: Date.UTC(1999, 0) }, null, null],
  ['a year after 2099', { fromMs: NOW_MS - YEAR_MS, untilMs: Date.UTC(2199, 0) }, '2025-05-05T00:00:00.000Z', null],
  [
    'years after 2099 alone',
    { fromMs: Date.UTC(2198, 0), untilMs: Date.UTC(2199, 0) },
    '2026-05-05T00:00:00.000Z',
    null,
  ],
  [
    'the past',
    { fromMs: NOW_MS - YEAR_MS, untilMs: NOW_MS - 1 },
    '2025-05-05T00:00:00.000Z',
    '2026-05-04T23:59:59.999Z',
  ],
])('a call with the time of any year is read again: %s', async (_, calls, from, until) => {
  const { refetch, posted } = startCommand();
  expect(await refetch(['A1'], calls)).toEqual({ contacts: 1, isDone: true });
  expect(posted.map(({ kind }) => kind)).toEqual(['refetch', 'refetch-calls']);
  expect(posted[1]).toMatchObject({ from, until });
});

it('rows that name a contact by a very long id are asked for like others', async () => {
  const { dropGone, posted } = startCommand();
  const long = 'x'.repeat(2_000);
  expect(await dropGone(['A1'], ['B1', long])).toBe(true);
  expect(posted).toMatchObject([{ contactIds: ['A1'] }, { contactIds: ['B1', long], orphansOnly: true }]);
});

it('a command posts no request where it cannot post all', async () => {
  const { dropGone, posted } = startCommand();
  await expect(dropGone(['A1'], ['x'.repeat(5 << 20)])).rejects.toMatchObject({ code: 'REQUEST_UNFIT' });
  expect(posted).toEqual([]);
});
