import { expect, it } from 'vitest';
import { contactWith, statusesOf } from '../../../../../test/harness/outbox-file.ts';
import { outboxFileOfEachTest } from '../../../../../test/harness/outbox-file-of-each-test.ts';
import { claimOf, never } from '../../../../../test/harness/sqlite-file.ts';

const file = outboxFileOfEachTest();

const OLD = 'https://old.example/hook';
const NEW = 'https://new.example/hook';
const changed = { code: 'OUTBOX_TARGET_CHANGED', verdict: 'fatal', outcome: 'not-committed' };

it('R29 another target is refused, and the error names both and the two choices', async () => {
  await file.hold({ target: OLD });
  const error = await file.open({ target: NEW }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(changed);
  for (const word of [OLD, NEW, '--stream NAME', '--adopt-url']) expect(String(error)).toContain(word);
  await file.open({ target: OLD });
});

it('R29 is judged once more by the claim: another process may have recorded its target meanwhile', async () => {
  const late = await file.open({ target: NEW });
  const { store, claim } = await file.hold({ target: OLD });
  await store.release(claim, never);
  await expect(claimOf(late.store)).rejects.toMatchObject(changed);
});

it('R29 a standby that opens the file records nothing', async () => {
  await file.open({ target: OLD });
  await file.hold({ target: NEW });
});

it('R29 an adopted target gets what waits, and has accepted nothing yet', async () => {
  const held = await file.hold({ target: OLD });
  await held.write({ contacts: [contactWith('A1', 'a', 'b')] });
  await held.accept(...(await held.take()));
  expect(await held.queue.hasAccepted(never)).toBe(true);
  const adopted = await file.hold({ target: NEW, adoptTarget: true });
  expect(await adopted.queue.hasAccepted(never)).toBe(false);
  expect(statusesOf(await adopted.drain())).toEqual(['A1:b']);
  await file.hold({ target: NEW });
  await expect(file.open({ target: OLD })).rejects.toMatchObject(changed);
});

it('R29 a target that differs by case of its host or by its default port is the same, in a file of a former version too', async () => {
  const held = await file.hold({ target: 'https://HOOKS.example:443 (path aB)' });
  await held.write({ contacts: [contactWith('A1', 'a')] });
  await held.accept(...(await held.take()));
  const again = await file.hold({ target: 'https://hooks.example (path aB)' });
  expect(await again.queue.hasAccepted(never)).toBe(true);
  for (const other of [
    'https://hooks.example:444 (path aB)',
    'https://hooks.example (path ab)',
    'http://hooks.example (path aB)',
  ])
    await expect(file.open({ target: other })).rejects.toMatchObject(changed);
});

it('R29 a command that only looks names no target', async () => {
  await file.hold({ target: OLD });
  const { store } = await file.open({ ifMissing: 'refuse' });
  expect(await store.listDeadLetters('C1', { limit: 1, ...never })).toEqual([]);
});
