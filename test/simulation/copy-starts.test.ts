import type { Progress } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { createCopyStarts } from './copy-starts.ts';
import { createSimulatedProcess } from './simulated-process.ts';
import type { SimulatedTarget } from './simulated-target.ts';
import { createStreamSettings } from './stream-settings.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import { createVirtualTime } from './virtual-time.ts';

const HOUR_MS = 3_600_000;
const since = (ms: number) => ({ since: new Date(WORLD_BEGINS_MS + ms).toISOString() }) as Progress;

/** A target that holds nothing, or a copy, and what is watched of it. */
function watchStarts({ startMs = null as number | null, aheadMs = 0 } = {}) {
  const time = createVirtualTime();
  const settings = createStreamSettings(startMs);
  const held = { nothing: true };
  const target = { holdsNothing: () => held.nothing } as unknown as SimulatedTarget;
  const watched: number[] = [];
  const watch = { beginsAgain: (fromMs: number) => void watched.push(fromMs) };
  const wrongClocks = { latest: () => time.nowMs + aheadMs };
  const starts = createCopyStarts({ time, target, settings, watch, wrongClocks });
  const start = () => createSimulatedProcess(0, time, { offsetMs: 0 });
  const claim = (process: ReturnType<typeof start>, hasProgress = false) => {
    starts.claimed(process);
    starts.read(process, hasProgress);
  };
  return { time, settings, held, watched, starts, start, claim };
}

it('a copy into a target that holds nothing begins at the start of its process', async () => {
  const { time, settings, starts, start, claim, watched } = watchStarts();
  await time.runUntil(HOUR_MS);
  const process = start();
  claim(process);
  await time.runUntil(5 * HOUR_MS);
  claim(process);
  starts.committed({ progress: since(HOUR_MS) }, process);
  expect([settings.startMs, watched]).toEqual([HOUR_MS, [HOUR_MS]]);
});

it('a copy that was lost under a process begins at the first claim after that', async () => {
  const { time, settings, starts, start, claim } = watchStarts();
  const process = start();
  claim(process, true);
  await time.runUntil(HOUR_MS);
  claim(process);
  await time.runUntil(2 * HOUR_MS);
  starts.committed({ progress: since(HOUR_MS) }, process);
  expect(settings.startMs).toBe(HOUR_MS);
});

it('a copy of a process that saw another one renew its claim begins at the claim', async () => {
  const { time, settings, starts, start, claim } = watchStarts();
  const process = start();
  starts.refused({ holder: 'A', beats: '1' }, process);
  starts.refused({ holder: 'A', beats: '2' }, process);
  await time.runUntil(HOUR_MS);
  claim(process);
  starts.committed({ progress: since(HOUR_MS) }, process);
  expect(settings.startMs).toBe(HOUR_MS);
});

it.each([
  { what: 'there are rows', nothing: false, startMs: null, start: 0 },
  { what: 'it has a --since', nothing: true, startMs: -HOUR_MS, start: -HOUR_MS },
])('a copy begins where it did before if $what', async ({ nothing, startMs, start: expected }) => {
  const { time, settings, starts, start, claim, held } = watchStarts({ startMs });
  held.nothing = nothing;
  await time.runUntil(HOUR_MS);
  const process = start();
  claim(process);
  starts.committed({ progress: since(HOUR_MS) }, process);
  expect(settings.startMs).toBe(expected);
});

it('a copy that begins while both clocks are ahead begins where they say, until it is pulled back', async () => {
  const { settings, starts, start, claim } = watchStarts({ aheadMs: 9 * HOUR_MS });
  const process = start();
  claim(process);
  starts.committed({ progress: since(9 * HOUR_MS) }, process);
  expect(settings.startMs).toBe(9 * HOUR_MS);
  starts.committed({ progress: since(2 * HOUR_MS) }, process);
  expect(settings.startMs).toBe(2 * HOUR_MS);
});
