import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Claim, SinkTarget, StoreSink } from '@dbsync/core/contract';
import { createSink as createMysqlSink } from '@dbsync/sink-mysql';
import { createSink as createPostgresSink } from '@dbsync/sink-postgres';
import { sampleContact, sampleDeadLetter } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import { queryRows } from '../harness/compare/query-rows.ts';
import { serverTarget } from '../harness/servers/server-target.ts';
import { batchOf, claimOf, never, textField } from '../harness/sqlite-file.ts';
import { ENGINES, type EngineName, openTargets, withParameters } from '../harness/targets.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/databases.md'), 'utf8');
const ADA = { user: 'ada', host: 'desk-7' };

interface RoleEngine {
  readonly heading: string;
  createSink(target: SinkTarget): StoreSink;
  /** The server's words about a missing right. */
  readonly denied: RegExp;
}

const MYSQL = { heading: 'MariaDB and MySQL', createSink: createMysqlSink, denied: /denied/ };
const ROLE_ENGINES: Readonly<Partial<Record<EngineName, RoleEngine>>> = {
  postgres: { heading: 'PostgreSQL', createSink: createPostgresSink, denied: /permission denied|must be owner/ },
  mariadb: MYSQL,
  mysql: MYSQL,
};

/** Statements beyond each role: none may succeed. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  dbsync_writer: [
    'CREATE TABLE planted (n int)',
    'ALTER TABLE mcall_contacts ADD planted int',
    'DROP TABLE mcall_contacts',
    "UPDATE mcall_sync_audit SET act = 'x'",
    'DELETE FROM mcall_sync_audit',
  ],
  dbsync_operator: [
    'SELECT * FROM mcall_contacts',
    'DELETE FROM mcall_contacts',
    'DELETE FROM mcall_dead_letters',
    'DELETE FROM mcall_sync_forgotten',
    'SELECT * FROM mcall_sync_missing',
    "UPDATE mcall_sync_state SET holder = 'x'",
    'DELETE FROM mcall_sync_audit',
    "UPDATE mcall_sync_audit SET act = 'x'",
    'CREATE TABLE planted (n int)',
  ],
  dbsync_reader: [
    'SELECT * FROM mcall_dead_letters',
    'SELECT * FROM mcall_sync_audit',
    'DELETE FROM mcall_contacts',
    "INSERT INTO mcall_sync_requests VALUES ('C1', 'k', 1, '{}')",
    'CREATE TABLE planted (n int)',
  ],
};

function grantsOf(heading: string): readonly string[] {
  const [, grants = ''] = new RegExp(`\\n### Roles in ${heading}\\n\\n\`\`\`sql\\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  return grants.trim().split('\n');
}

for (const engine of ENGINES) {
  const role = ROLE_ENGINES[engine];
  if (role === undefined) continue;
  it(`${engine}: each role of docs/databases.md does its work, and nothing beyond it`, async () => {
    const { createSink, denied, heading } = role;
    await using targets = await openTargets(engine);
    const database = (await targets.server?.createDatabase('calls')) ?? '';
    const parameters = targets.server?.loginParameters;
    const open = async (url: string, onlyLooks = false) => {
      const sink = createSink({ ...serverTarget(withParameters(url, parameters)), onlyLooks });
      await sink.open(never);
      return sink;
    };
    const urlOf = (user: string) =>
      Object.assign(new URL(database), { username: user, password: encodeURIComponent('choose a long one') }).href;

    const owner = await open(database);
    await owner.declareFields([textField('city')], never);
    await owner.close();
    if (engine === 'postgres') await queryRows(database, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    for (const statement of grantsOf(heading)) await queryRows(database, statement);

    const writer = await open(urlOf('dbsync_writer'));
    await writer.declareFields([textField('city')], never);
    const findings = await writer.checkHealth(never);
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
    const claim = await claimOf(writer);
    const contacts = [sampleContact('A', { values: { city: 'Rome', $campaign_id: 'C1' } })];
    await writer.write(batchOf({ contacts, deadLetters: [sampleDeadLetter('K')] }), claim, never);

    const operator = await open(urlOf('dbsync_operator'));
    expect(await operator.listDeadLetters('C1', { ...never, limit: 10 })).toHaveLength(1);
    await operator.postRequest('C1', { key: 'r', kind: 'drop', deadLetterKey: 'K' }, { ...never, by: ADA });
    expect(await operator.erasure?.readForgotten(['none'], never)).toEqual([]);
    await operator.close();
    expect(await queryRows(database, 'SELECT os_user, act FROM mcall_sync_audit')).toEqual([['ada', 'drop']]);

    expect(await writer.takeRequests(claim, never)).toHaveLength(1);
    await writer.write(batchOf({ settled: ['K', 'r'] }), claim, never);
    await writer.write(batchOf({ contacts: [sampleContact('B')] }), claim, never);
    const command = { stream: 'C1', by: ADA };
    const erased = await writer.erasure?.forget(['B'], { ...never, command });
    expect(erased).toMatchObject([{ contactId: 'B', erased: { contacts: 1 } }]);
    await mirrorDeletion(writer, claim);
    await writer.reporting?.keepHeartbeat(claim, '{}', never);
    const looking = await open(urlOf('dbsync_reader'), true);
    expect(await looking.reporting?.describeStream('C1', never)).toMatchObject({
      heldBy: { holder: claim.holder },
      heartbeat: { text: '{}' },
      deadLetters: {},
      requests: 0,
    });
    expect(await looking.reporting?.countRows(never)).toHaveLength(5);
    if (engine === 'postgres') {
      // PostgreSQL shows a table to an account that may not read it.
      for (const table of ['sync_heartbeats', 'contacts']) {
        await queryRows(database, `REVOKE SELECT ON mcall_${table} FROM dbsync_reader`);
      }
      expect(await looking.reporting?.describeStream('C1', never)).toMatchObject({ heartbeat: null, requests: 0 });
      expect(await looking.reporting?.countRows(never)).toHaveLength(4);
      await queryRows(database, 'GRANT SELECT ON mcall_contacts TO dbsync_reader');
    }
    await looking.close();
    await writer.release(claim, never);
    await writer.close();
    const reader = await queryRows(urlOf('dbsync_reader'), 'SELECT city FROM mcall_contacts');
    expect(reader).toEqual([['Rome']]);
    for (const [user, statements] of Object.entries(FORBIDDEN)) {
      for (const statement of statements) {
        await expect(queryRows(urlOf(user), statement), `${user}: ${statement}`).rejects.toThrow(denied);
      }
    }
  });
}

/** Marks a contact that the campaign has deleted, and removes it, as `--mirror-deletions` does. */
async function mirrorDeletion(writer: StoreSink, claim: Claim): Promise<void> {
  const { mirroring } = writer;
  await writer.write(batchOf({ contacts: [sampleContact('D', { values: { $campaign_id: 'C1' } })] }), claim, never);
  await mirroring?.keepNotes(claim, [{ contactId: 'D', note: 'missing once' }], never);
  const held = (await mirroring?.listHeld(claim, { ...never, limit: 10 })) ?? [];
  expect(held.map(({ contactId, note }) => [contactId, note])).toContainEqual(['D', 'missing once']);
  const deleted = held.filter(({ contactId }) => contactId === 'D');
  const marks = deleted.map((contact) => ({ ...contact, deletedAt: '2026-03-02T00:00:00.000Z' }));
  expect(await mirroring?.mark(claim, marks, never)).toEqual(['D']);
  expect(await mirroring?.remove(claim, deleted, never)).toEqual(['D']);
}
