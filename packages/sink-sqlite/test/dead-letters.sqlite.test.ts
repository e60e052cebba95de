import type { DeadLetter } from '@dbsync/core/contract';
import { sampleContact } from '@dbsync/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batchOf, claimOf, createSqliteFile, never, type SqliteFile } from '../../../test/harness/sqlite-file.ts';

let file: SqliteFile;
beforeEach(() => {
  file = createSqliteFile();
});
afterEach(async () => file[Symbol.asyncDispose]());

function letterOf(key: string, parts: Partial<DeadLetter> = {}): DeadLetter {
  return {
    key,
    kind: 'contact',
    contactId: 'A1',
    md5: `md5 of ${key}`,
    code: 'SQL_ID_REFUSED',
    reason: 'because',
    body: '{"n":1.10}',
    firstSeenAt: '2026-03-02T09:00:00.000Z',
    attempts: 1,
    ...parts,
  };
}

async function openWriter() {
  const sink = await file.openSink();
  const claim = await claimOf(sink);
  return {
    sink,
    claim,
    write: (parts: Parameters<typeof batchOf>[0]) => sink.write(batchOf(parts), claim, never),
    list: () => sink.listDeadLetters('C1', { ...never, limit: 100 }),
  };
}

describe('dead letters in a SQLite file', () => {
  it('R22 have one row a key: the newest, with the earliest time and all attempts', async () => {
    const { write, list } = await openWriter();
    await write({ deadLetters: [letterOf('k', { firstSeenAt: '2026-03-02T10:00:00.000Z', attempts: 2 })] });
    await write({ deadLetters: [letterOf('k', { reason: 'newer', attempts: 3 })] });
    await write({ deadLetters: [letterOf('k', { reason: 'newest', firstSeenAt: '2026-03-02T11:00:00.000Z' })] });
    expect(await list()).toEqual([letterOf('k', { reason: 'newest', attempts: 6 })]);
  });

  it('R22 of a refused contact answer its md5, also beside an older row that is proved', async () => {
    const { sink, claim, write } = await openWriter();
    await write({ contacts: [sampleContact('A1')] });
    await write({
      deadLetters: [
        letterOf('a'),
        letterOf('b', { kind: 'fetch', contactId: 'B2' }),
        letterOf('c', { kind: 'recording', contactId: 'C3' }),
      ],
    });
    const versions = await sink.readVersions(claim, ['A1', 'B2', 'C3'], never);
    expect([...versions]).toEqual([
      ['A1', { md5: 'md5 of a', refused: true }],
      ['B2', { md5: 'md5 of b', refused: true }],
    ]);
  });

  it('R22 go with the commit that accepts their contact, unless the tree carries them again', async () => {
    const { write, list } = await openWriter();
    const kept = [letterOf('message', { kind: 'message' }), letterOf('of another', { contactId: 'B2' })];
    const again = letterOf('again', { kind: 'recording' });
    await write({ deadLetters: [letterOf('gone'), again, ...kept] });
    await write({ contacts: [sampleContact('A1', { deadLetters: [again] })] });
    expect(await list()).toEqual([{ ...again, attempts: 2 }, ...kept]);
    await write({ settled: ['message', 'never was'] });
    expect((await list()).map(({ key }) => key)).toEqual(['again', 'of another']);
  });

  it('of inbound calls with long bodies go when their contact is forgotten', async () => {
    const { write, list, sink } = await openWriter();
    const call = (key: string, contact: string) =>
      letterOf(key, {
        kind: 'inbound-call',
        contactId: null,
        body: `{"$contact_id":"${contact}","contact_id":"${contact}","note":"${'x'.repeat(100_000)}"}`,
      });
    await write({ deadLetters: [call('a', 'A1'), call('b', 'B2'), letterOf('c')] });
    await sink.erasure?.forget(['A1'], never);
    expect((await list()).map(({ key }) => key)).toEqual(['b']);
  });

  it('are listed with their exact ids, also where these are long and the bodies are left out', async () => {
    const { write, sink } = await openWriter();
    const hostile = letterOf('k', { contactId: `${'x'.repeat(50_000)}\ud83d`, body: `"${'y'.repeat(100_000)}\ud83d"` });
    await write({ deadLetters: [hostile] });
    expect(await sink.listDeadLetters('C1', { ...never, limit: 9, maxBodyBytes: 0 })).toEqual([
      { ...hostile, body: '' },
    ]);
    expect(await sink.listDeadLetters('C1', { ...never, limit: 9, maxBodyBytes: 1 << 20 })).toEqual([hostile]);
  });

  it('keep ids and texts of any length and any characters', async () => {
    const { write, list, sink, claim } = await openWriter();
    const hostile = letterOf('k', {
      contactId: `${'x'.repeat(5000)}\ud83d\0`,
      reason: 'lone \udc00',
      body: '"\\ud83d"',
    });
    await write({ deadLetters: [hostile] });
    expect(await list()).toEqual([hostile]);
    expect([...(await sink.readVersions(claim, [hostile.contactId ?? ''], never)).values()]).toEqual([
      { md5: hostile.md5, refused: true },
    ]);
  });
});
