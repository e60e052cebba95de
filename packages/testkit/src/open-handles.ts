import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Fails where using a sink a second time leaves more open than the first time did. */
export async function expectNothingLeft(useAndClose: () => Promise<void>): Promise<void> {
  await useAndClose();
  const before = await handlesOpen();
  await useAndClose();
  let after = await handlesOpen();
  const giveUpAt = performance.now() + 1_000;
  while (isMore(after, before) && performance.now() < giveUpAt) {
    await nextTurn();
    after = await handlesOpen();
  }
  assert.ok(!isMore(after, before), `open before: ${JSON.stringify(before)}, after: ${JSON.stringify(after)}`);
}

type Handles = Readonly<Record<string, number>>;

/** Counts what keeps the process alive, by kind, and on Linux the open files. */
async function handlesOpen(): Promise<Handles> {
  const kinds = process.getActiveResourcesInfo().filter((kind) => !PASSING.has(kind));
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  const files = process.platform === 'linux' ? (await readdir('/proc/self/fd')).length : 0;
  return { ...counts, files };
}

/** Kinds that end by themselves in the next turns of the event loop. */
const PASSING: ReadonlySet<string> = new Set(['Immediate', 'FSReqPromise', 'FSReqCallback', 'CloseReq', 'TickObject']);

function isMore(after: Handles, before: Handles): boolean {
  return Object.entries(after).some(([kind, count]) => count > (before[kind] ?? 0));
}
