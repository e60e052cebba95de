import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

it('takes databases of any name, keeps committed rows over a power cut, and loses its connections by it', async () => {
  const connectionString = await server.createDatabase(`a'b"c d`);
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query('CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)');
  const broken = new Promise((resolve) => client.on('error', resolve));
  await server.kill();
  await broken;
  await server.restart();
  const again = new pg.Client({ connectionString });
  await again.connect();
  expect((await again.query('SELECT id FROM kept')).rows).toEqual([{ id: 7 }]);
  await again.end();
});

it('ends with its process, even one that is killed', async () => {
  const harness = new URL('./postgres-server.ts', import.meta.url).href;
  const script = `import { startPostgres } from ${JSON.stringify(harness)};
    const { socketDirectory } = await startPostgres();
    console.log(socketDirectory);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await once(child.stdout, 'data')) as [Buffer];
  const home = output.toString().trim();
  expect(existsSync(home)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => existsSync(home), { timeout: 20_000 }).toBe(false);
});
