import mysql from 'mysql2';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { createKills, type KilledSession } from '../src/kill-statement.ts';
import { breakOff, openSession } from '../src/mysql-connection.ts';
import { readIdentity } from '../src/session-identity.ts';

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  it('kills a session by its number on the same start of the same server alone', async () => {
    const url = new URL(await createTestDatabase(product));
    url.searchParams.set('multipleStatements', 'true');
    const opened: mysql.Connection[] = [];
    const open = () => {
      const connection = mysql.createConnection(url.href);
      opened.push(connection);
      return connection;
    };
    const session = await openSession(open());
    const identity = await readIdentity(session);
    const clock = async () => Number((await session.query<{ now: unknown }>('SELECT unix_timestamp() AS now'))[0]?.now);
    const first = await clock();
    await expect.poll(clock, { timeout: 5_000 }).toBeGreaterThan(first);
    // It is the same in each second.
    expect(await readIdentity(session)).toEqual(identity);
    const other = await readIdentity(await openSession(open()));
    expect(other.server).toBe(identity.server);
    expect(other.id).not.toBe(identity.id);
    const kills = createKills(open, 3);
    const kill = async (killed: KilledSession) => {
      kills.send(killed);
      await kills.settled();
    };
    await kill({ ...identity, server: `${identity.server} and later`, what: 'session' });
    expect(await readIdentity(session)).toEqual(identity);
    await kill({ ...identity, what: 'session' });
    await expect(readIdentity(session)).rejects.toThrow();
    for (const connection of opened) breakOff(connection);
  });
});
