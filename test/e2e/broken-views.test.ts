import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dbsync } from '../harness/command/copy-commands.ts';
import { DUMP_COMMANDS } from '../harness/dump-commands.ts';
import { openClients, withClients } from '../harness/servers/database-clients.ts';
import { plainAddress } from '../harness/servers/plain-address.ts';
import { ENGINES, openTargets } from '../harness/targets.ts';

const SERVERS = (['mariadb', 'mysql'] as const).filter((product) => ENGINES.includes(product));
const PRODUCTS = await withClients(SERVERS, 'restores of views by another account');

describe.each(PRODUCTS)('%s: views for reports', (product) => {
  // Backs up by the command of docs/operations.md: the restore of another one ends at its first line.
  const backup = (database: string) =>
    DUMP_COMMANDS[product].backup(database).replace('mysqldump', 'mysqldump --set-gtid-purged=OFF');

  it('that a restore by another account left half made are named, and the next start makes them again', async () => {
    await using bench = await openBench();
    const { run, admin, clients, database } = bench;
    expect((await run('views', 'install')).code).toBe(0);
    const calls = await bench.countCalls();
    await clients.run(backup(database));
    await admin.query(`DROP DATABASE ${database}; CREATE DATABASE ${database} CHARACTER SET utf8mb4;
      CREATE USER restorer IDENTIFIED BY 'x'; GRANT ALL ON ${database}.* TO restorer`);
    const refused = await clients.run(`${product} -u restorer -px ${database} < calls.sql`, 1);
    expect(refused).toMatch(/ERROR 1227 .*privilege/);
    await admin.query(`USE ${database}`);
    expect(await bench.countCalls()).not.toBe(calls);
    await expectNamed(bench);
    expect((await run('--mode', 'db_init')).code).toBe(0);
    expect(await bench.countCalls()).toBe(calls);
    expect((await run('plan')).stdout).not.toContain('mcall_v_');
  });

  it('whose maker is gone are named, and the next start makes them again', async () => {
    await using bench = await openBench();
    const { run, admin, database } = bench;
    await admin.query(`CREATE USER maker IDENTIFIED BY 'x'; GRANT ALL ON ${database}.* TO maker`);
    await admin.query(`USE ${database}`);
    expect((await run('views', 'install')).code).toBe(0);
    const calls = await bench.countCalls();
    const [[made]] = (await admin.query('SHOW CREATE VIEW mcall_v_calls')) as unknown as [[Record<string, string>]];
    const definition = made?.['Create View'] ?? '';
    await admin.query(definition.replace(/^CREATE .*? VIEW /, "CREATE OR REPLACE DEFINER = 'maker'@'%' VIEW "));
    expect(await bench.countCalls()).toBe(calls);
    await admin.query('DROP USER maker');
    await expect(bench.countCalls()).rejects.toThrow(/definer/);
    await expectNamed(bench);
    expect((await run('--mode', 'db_init')).code).toBe(0);
    expect(await bench.countCalls()).toBe(calls);
    expect((await run('plan')).stdout).not.toContain('mcall_v_');
  });

  /** Expects the commands that look at the target to name the broken views. */
  async function expectNamed({ run }: Bench): Promise<void> {
    const planned = await run('plan');
    expect(planned).toMatchObject({ code: 5, stdout: expect.stringMatching(/Views for reports .*mcall_v_calls/) });
    const { stdout } = await run('doctor', '--json');
    expect(stdout).toMatch(/Views for reports are missing, outdated or cannot be read: [^"]*mcall_v_calls/);
  }

  type Bench = Awaited<ReturnType<typeof openBench>>;

  /** Copies a campaign of 20 contacts into a server of its own, whose users the test changes. */
  async function openBench() {
    const simulator = await startSimulator({ contacts: 20 });
    onTestFinished(() => simulator.close());
    const targets = await openTargets(product);
    const target = await targets.create();
    const clients = await openClients(product, target.url);
    const run = (...words: readonly string[]) => dbsync(simulator, target, words);
    expect((await run('--mode', 'db_init')).code).toBe(0);
    const admin = await createConnection({ uri: plainAddress(target.url), multipleStatements: true });
    return {
      ...{ clients, run, admin },
      database: new URL(target.url).pathname.slice(1),
      countCalls: async () => {
        const [[row]] = (await admin.query('SELECT count(*) AS n FROM mcall_v_calls')) as unknown as [[{ n: number }]];
        return row.n;
      },
      [Symbol.asyncDispose]: async () => {
        await admin.end();
        clients[Symbol.dispose]();
        await target[Symbol.asyncDispose]();
        await targets[Symbol.asyncDispose]();
      },
    };
  }
});
