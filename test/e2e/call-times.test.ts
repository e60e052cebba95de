import { expect, it, onTestFinished, vi } from 'vitest';
import { compareCalls } from '../../packages/core/src/runs/compare-calls.ts';
import type { VerifyDesk } from '../../packages/core/src/runs/verify-desk.ts';

it('R16b verify reads the time of a call without a zone as UTC, in any zone of the machine', async () => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const call = { id: 'local', call_time: '2026-05-05T10:00:00' };
  const api = {
    now: () => Date.UTC(2026, 4, 10),
    async *inboundPages() {
      yield [call];
    },
  };
  const row = { kind: 'inbound_calls', id: 'local', contactId: null, version: null, cells: [] };
  const settings = { campaign: 'C', sink: { store: { limits: { batchContacts: 10 } } } };
  const parts = { settings, context: {}, api, verifying: { compareRows: async () => [row] }, records: { stream: 'C' } };
  const { differing } = await compareCalls(parts as unknown as VerifyDesk, { fromMs: null });
  expect(differing.map(({ calledMs }) => calledMs)).toEqual([Date.UTC(2026, 4, 5, 10)]);
});
