import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSinkError } from '@dbsync/core/contract';
import { expect, it, onTestFinished } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { OWN_SERVERS, openTargets } from '../harness/targets.ts';

const { signal } = new AbortController();

/** Returns the error of the first opening of a store of this scheme at the port of another server. */
async function refusalOf(scheme: string, port: string): Promise<unknown> {
  const store = await loadStore(`${scheme}://user:password@127.0.0.1:${port}/calls`);
  onTestFinished(() => store.close());
  return store.open({ signal }).then(
    () => 'opened',
    (error: unknown) => error,
  );
}

async function expectRefusal(scheme: string, port: string, found: RegExp) {
  const error = await refusalOf(scheme, port);
  expect(isSinkError(error) && error.verdict, `${scheme}: ${error}`).toBe('fatal');
  expect(error).toMatchObject({ code: 'SQL_SERVER_FOREIGN', message: expect.stringMatching(found) });
}

for (const engine of OWN_SERVERS) {
  it(`${engine}: an address with the scheme of another engine is refused at once, and the server is named`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const { port } = new URL(target.url);
    const others = engine === 'postgres' ? ['mysql', 'sqlserver'] : ['postgres', 'sqlserver'];
    const found = engine === 'postgres' ? / is a PostgreSQL server/ : / is a MySQL or MariaDB server/;
    for (const scheme of others) await expectRefusal(scheme, port, found);
  });
}

it('an address of a web server is refused at once by every engine', async () => {
  const server = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  for (const scheme of ['postgres', 'mysql', 'sqlserver'])
    await expectRefusal(scheme, String(port), / is a web server/);
});
