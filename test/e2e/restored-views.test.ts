import { startSimulator } from '@dbsync/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dbsync } from '../harness/command/copy-commands.ts';
import { DUMP_COMMANDS } from '../harness/dump-commands.ts';
import { openClients, withClients } from '../harness/servers/database-clients.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES } from '../harness/targets.ts';

const SERVERS = (['postgres', 'mariadb', 'mysql'] as const).filter((product) => ENGINES.includes(product));
const PRODUCTS = await withClients(SERVERS, 'backups of views by the own programs');
const INSTALL = ['views', 'install', '--time-zone', 'Europe/Madrid'];

describe.each(PRODUCTS)('%s: a backup by its own program', (product) => {
  it('brings views for reports and comments back as they were', async () => {
    await using bench = await openBench();
    const { run, clients, database } = bench;
    expect((await run(...INSTALL)).code).toBe(0);
    const before = await run('views', 'show');
    const calls = await bench.count('mcall_v_calls');
    await clients.run(commands.backup(database));
    await clients.run(commands.restore(database));
    await clients.run(commands.restoreNew(database));
    expect(await run('views', 'show')).toEqual(before);
    expect(await bench.count('mcall_v_calls')).toBe(calls);
    const { code, stdout } = await run('plan');
    expect(stdout).toContain('would change no table');
    expect(stdout).not.toMatch(/comment|view/i);
    expect(code).toBe(0);
  });

  it('that is older than the views is restored once they are dropped', async () => {
    await using bench = await openBench();
    const { run, clients, database } = bench;
    await clients.run(commands.backup(database));
    await run(...INSTALL);
    expect((await run('views', 'drop')).code).toBe(0);
    await clients.run(commands.restore(database));
    expect((await run(...INSTALL)).code).toBe(0);
    expect(await bench.count('mcall_v_calls')).toBeGreaterThan(0);
  });

  it('that is older than the views is refused, or leaves views that dbsync names as foreign', async () => {
    await using bench = await openBench();
    const { run, clients, database } = bench;
    await clients.run(commands.backup(database));
    await run(...INSTALL);
    if (product === 'postgres') {
      const refused = await clients.run(commands.restore(database), 1);
      expect(refused).toContain('cannot drop table public.mcall_transactions');
      expect((await run('views', 'show')).stdout).toContain('mcall_v_calls');
    } else {
      await clients.run(commands.restore(database));
      const { code, stdout } = await run(...INSTALL);
      expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining('SQL_VIEW_FOREIGN') });
      const [, names = ''] = /Another program made ([\w, ]+)\./.exec(stdout) ?? [];
      await clients.run(`${product} ${database} -e 'DROP VIEW ${names}'`);
    }
    expect((await run(...INSTALL)).code).toBe(0);
  });

  it('brings contacts back that were forgotten after it, until they are forgotten again', async () => {
    await using bench = await openBench();
    const { run, clients, database } = bench;
    await clients.run(commands.backup(database));
    const id = await bench.firstId();
    expect((await run('forget', id)).code).toBe(0);
    await clients.run(commands.restore(database));
    expect(await bench.firstId()).toBe(id);
    expect((await run('forget', id)).code).toBe(0);
    expect(await bench.firstId()).not.toBe(id);
  });

  const commands = DUMP_COMMANDS[product];

  /** Copies a campaign of 20 contacts into a new database. */
  async function openBench() {
    const simulator = await startSimulator({ contacts: 20 });
    onTestFinished(() => simulator.close());
    const targets = await sharedTargets(product);
    const target = await targets.create();
    const clients = await openClients(product, target.url);
    const run = (...words: readonly string[]) => dbsync(simulator, target, words);
    const { ask, quote } = databaseAt(target.url);
    expect((await run('--mode', 'db_init')).code).toBe(0);
    return {
      ...{ clients, run },
      database: new URL(target.url).pathname.slice(1),
      count: async (table: string) => Number((await ask(`SELECT count(*) AS n FROM ${table}`))[0]?.n),
      firstId: async () => String((await ask(`SELECT min(${quote('$id')}) AS id FROM mcall_contacts`))[0]?.id),
      [Symbol.asyncDispose]: async () => {
        clients[Symbol.dispose]();
        await target[Symbol.asyncDispose]();
        await targets[Symbol.asyncDispose]();
      },
    };
  }
});
