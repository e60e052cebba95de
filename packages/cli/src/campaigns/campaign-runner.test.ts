import { expect, it } from 'vitest';
import type { CampaignEnd } from '../commands/campaign-run.js';
import type { Failure } from '../exit-code.js';
import { createCampaignBoard } from '../reporting/campaign-board.js';
import { startCampaignRunner } from './campaign-runner.js';

function failed(exit: Failure['exit']): CampaignEnd {
  return { kind: 'failed', failure: { code: 'X', message: 'no', what: null, remedy: 'Do it.', exit } };
}

/** Runs a campaign whose starts end so, one after the other; the last one waits for the stop. Sleeps take no time. */
function runnerOf(ends: readonly CampaignEnd[], lastsMs = 0) {
  let nowMs = 0;
  const sleeps: number[] = [];
  const reported: string[] = [];
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    sleep: async (ms: number, signal: AbortSignal) => {
      sleeps.push(ms);
      nowMs += ms;
      signal.throwIfAborted();
    },
  };
  const waiting = Promise.withResolvers<void>();
  const left = [...ends];
  const board = createCampaignBoard({
    name: 'a',
    campaign: 'A',
    mode: 'db_sync',
    intervalMs: 60_000,
    now: () => nowMs,
  });
  const conditions: string[] = [];
  let closed = 0;
  const taken: string[] = [];
  const runner = startCampaignRunner({
    board,
    clock,
    starts: {
      enter: async () => {
        taken.push('enter');
        return { hear: () => {}, leave: () => taken.push('leave') };
      },
    },
    close: () => {
      closed += 1;
    },
    runOnce: async (stop, stopReason) => {
      nowMs += lastsMs;
      const end = left.shift();
      if (end !== undefined) return end;
      waiting.resolve();
      await new Promise((resolve) => stop.addEventListener('abort', resolve));
      reported.push(stopReason());
      return { kind: 'ended' };
    },
    tell: (_, { code }) => {
      reported.push(code);
      conditions.push(board.state().condition);
    },
  });
  return { runner, board, sleeps, reported, conditions, waits: waiting.promise, closed: () => closed, taken };
}

it('starts a campaign again after an error that may pass, with a pause that grows', async () => {
  const { runner, sleeps, reported, conditions, waits, closed } = runnerOf(Array.from({ length: 8 }, () => failed(1)));
  await waits;
  expect(sleeps).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  expect(new Set(reported)).toEqual(new Set(['CLI_CAMPAIGN_REPEATED']));
  expect(new Set(conditions)).toEqual(new Set(['pausing']));
  expect(runner.board.state()).toMatchObject({ condition: 'starting', lastError: { code: 'X', remedy: 'Do it.' } });
  await runner.stop('asked');
  expect(await runner.ended).toBeNull();
  expect([reported.at(-1), runner.state, closed()]).toEqual(['asked', 'done', 1]);
});

it('begins with the first pause where a start lasted long', async () => {
  const { runner, sleeps, waits } = runnerOf([failed(3), failed(3), failed(1)], 600_000);
  await waits;
  expect(sleeps).toEqual([5_000, 5_000, 5_000]);
  await runner.stop('asked');
});

it.each([2, 4] as const)('leaves a campaign stopped whose set-up is wrong (exit code %i)', async (exit) => {
  const { runner, board, reported } = runnerOf([failed(exit)]);
  expect(await runner.ended).toMatchObject({ code: 'X', exit });
  expect(reported).toEqual(['CLI_CAMPAIGN_STOPPED']);
  expect(runner.state).toBe('failed');
  expect(board.state()).toMatchObject({ condition: 'stopped', isReady: false });
});

it('notes a campaign that has ended as asked', async () => {
  const { runner, board, reported } = runnerOf([{ kind: 'ended' }]);
  expect(await runner.ended).toBeNull();
  expect([reported, runner.state, board.state().condition]).toEqual([[], 'done', 'done']);
});

it('takes a place for each start, and leaves it at the end of the run', async () => {
  const { runner, waits, taken } = runnerOf([failed(1)]);
  await waits;
  expect(taken).toEqual(['enter', 'leave', 'enter']);
  await runner.stop('asked');
  expect(taken).toEqual(['enter', 'leave', 'enter', 'leave']);
});

it('ends without a run where it is stopped before its turn', async () => {
  const board = createCampaignBoard({ name: 'a', campaign: 'A', mode: 'db_sync', intervalMs: 60_000, now: () => 0 });
  const refusal = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const runner = startCampaignRunner({
    board,
    clock: { now: () => 0, monotonic: () => 0, sleep: async () => {} },
    starts: { enter: refusal },
    runOnce: () => expect.unreachable(),
    close: () => {},
    tell: () => {},
  });
  await runner.stop('asked');
  expect([await runner.ended, runner.state, board.state().condition]).toEqual([null, 'done', 'done']);
});
