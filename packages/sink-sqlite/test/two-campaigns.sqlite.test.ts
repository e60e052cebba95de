import type { CreateSink } from '@dbsync/core/contract';
import { createSqlSink, type UpsertAnswer, type UpsertBatch } from '@dbsync/sql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteFile, type SqliteFile } from '../../../test/harness/sqlite-file.ts';
import {
  IN_TURNS,
  openTwoCampaigns,
  type TwoCampaigns,
  writeAlternately,
} from '../../../test/harness/two-campaigns.ts';
import { createSink } from '../src/index.ts';
import { createSqliteEngine } from '../src/sqlite-engine.ts';

let file: SqliteFile;
let two: TwoCampaigns;
beforeEach(async () => {
  file = createSqliteFile();
  two = await openTwoCampaigns(`sqlite:///${encodeURIComponent(file.file)}`, createSink);
});
afterEach(async () => {
  await two[Symbol.asyncDispose]();
  await file[Symbol.asyncDispose]();
});

const stored = () => file.query('SELECT "$campaign_id" AS campaign, "$status" AS status FROM mcall_contacts');

describe('two campaigns in the same tables', () => {
  it('R18 takes a contact from another campaign once, and a call never', async () => {
    expect(await writeAlternately(two)).toEqual(IN_TURNS);
    expect(stored()).toEqual([{ campaign: 'B', status: '4 of B' }]);
    expect(file.query('SELECT campaign_id, state FROM mcall_inbound_calls')).toEqual([
      { campaign_id: 'A', state: 'third' },
    ]);
  });

  it('R18 gives a contact to the campaign that its body names, whichever campaign fetched it', async () => {
    await two.contact('A', '1');
    expect(await two.contact('A', '2', 'B')).toBe('written');
    expect(two.reported()).toEqual([expect.stringContaining('contact X1 in campaign B')]);
    expect([await two.contact('B', '3'), await two.contact('A', '4')]).toEqual([
      'written',
      'refused: SQL_OWNER_CHANGED',
    ]);
    expect(stored()).toEqual([{ campaign: 'B', status: '3 of B' }]);
  });

  it('R18 takes over rows of an earlier client, and of a campaign that is copied elsewhere, without a word', async () => {
    await two.contact('A', '1');
    file.exec(`UPDATE mcall_contacts SET "$sync" = NULL`);
    expect(await two.contact('B', '2')).toBe('written');
    file.exec(`UPDATE mcall_contacts SET "$campaign_id" = 'elsewhere'`);
    expect(await two.contact('A', '3')).toBe('written');
    await two.call('A', '1');
    file.exec(`UPDATE mcall_inbound_calls SET campaign_id = 'elsewhere'`);
    expect(await two.call('B', '2')).toBe('written');
    expect(two.reported()).toEqual([]);
    expect(stored()).toEqual([{ campaign: 'A', status: '3 of A' }]);
  });

  it('R18 gives a contact back where an administrator clears its proof', async () => {
    for (const stream of ['A', 'B', 'A'] as const) await two.contact(stream, stream);
    expect(stored()).toEqual([{ campaign: 'B', status: 'B of B' }]);
    file.exec(`UPDATE mcall_contacts SET "$sync" = NULL`);
    expect(await two.contact('A', '4')).toBe('written');
    expect(stored()).toEqual([{ campaign: 'A', status: '4 of A' }]);
  });

  it.each(['A', 'B'])(
    'R18 gives a contact one owner where both campaigns read its row, and then %s writes first',
    async (first) => {
      await using shared = createSqliteFile();
      const gate = createGate();
      await using racing = await openTwoCampaigns(`sqlite:///${encodeURIComponent(shared.file)}`, gate.createSink);
      await racing.contact('A', '1');
      gate.close();
      const both = { A: racing.contact('A', '2'), B: racing.contact('B', '3') };
      await gate.openFor(first);
      expect(await Promise.all([both.A, both.B])).toEqual([
        first === 'A' ? 'written' : 'refused: SQL_OWNER_CHANGED',
        'written',
      ]);
      expect(await racing.contact('B', '4')).toBe('written');
      expect(await racing.contact('A', '5')).toBe('refused: SQL_OWNER_CHANGED');
      expect(racing.reported()).toEqual([expect.stringContaining('contact X1 in campaign B')]);
      expect(shared.query('SELECT "$campaign_id" AS campaign, "$status" AS status FROM mcall_contacts')).toEqual([
        { campaign: 'B', status: '4 of B' },
      ]);
    },
  );

  it('R18 leaves a body that names no campaign to its own stream', async () => {
    expect(await two.contact('A', '1', null)).toBe('written');
    expect(await two.contact('A', '2')).toBe('written');
    expect(await two.contact('A', '3', null)).toBe('written');
    expect(two.reported()).toEqual([]);
  });
});

/**
 * Creates sinks whose upserts wait, once all is read, until both have come: then one goes first, and the other after
 * it.
 */
function createGate() {
  const waiting: { readonly campaign: string; go(): Promise<unknown> }[] = [];
  let isClosed = false;
  let bothCame = Promise.withResolvers<void>();
  const createGated: CreateSink = (target) => {
    const engine = createSqliteEngine(target);
    const connect: typeof engine.connect = async (options) => {
      const session = await engine.connect(options);
      const upsert: typeof session.upsert = (batch, call) => {
        if (!isClosed) return session.upsert(batch, call);
        const answer = Promise.withResolvers<UpsertAnswer>();
        const go = () => {
          answer.resolve(session.upsert(batch, call));
          return answer.promise;
        };
        waiting.push({ campaign: campaignOf(batch), go });
        if (waiting.length === 2) bothCame.resolve();
        return answer.promise;
      };
      return { ...session, upsert };
    };
    return createSqlSink({ ...engine, connect }, target);
  };
  return {
    createSink: createGated,
    close() {
      isClosed = true;
      bothCame = Promise.withResolvers<void>();
    },
    async openFor(campaign: string) {
      await bothCame.promise;
      isClosed = false;
      const [first, second] = waiting.splice(0).sort((one) => (one.campaign === campaign ? -1 : 1));
      await first?.go();
      await second?.go();
    },
  };
}

function campaignOf({ rows: [first] }: UpsertBatch): string {
  const [row] = first?.rows ?? [];
  return String(row?.[first?.table.ownerIndex ?? 0]);
}
