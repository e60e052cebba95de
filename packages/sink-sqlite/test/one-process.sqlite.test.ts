import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadStore } from '../../../test/harness/loaded-store.ts';

const options = { signal: new AbortController().signal };

it('connections of one process to one file take turns: one that waited for another would stop the thread that has to commit', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-turns-'));
  const url = `sqlite:${join(folder.path, 'copy.db')}`;
  const stores = await Promise.all(Array.from({ length: 5 }, () => loadStore(url)));
  await Promise.all(stores.map((store) => store.open(options)));
  const changes = await Promise.all(
    stores.map((store, index) => store.declareFields([{ name: `field${index}`, type: 'text' }], options)),
  );
  expect(changes.flat().filter(({ column }) => column.startsWith('field'))).toHaveLength(5);
  for (const store of stores) await store.close();
});

it('a connection goes on after an abort while it waited for its turn', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-turns-'));
  const url = `sqlite:${join(folder.path, 'copy.db')}`;
  const [first, second] = await Promise.all([loadStore(url), loadStore(url)]);
  for (const store of [first, second]) await store.open(options);
  const stopping = new AbortController();
  const holding = first.declareFields([{ name: 'city', type: 'text' }], options);
  const aborted = second.declareFields([{ name: 'street', type: 'text' }], stopping);
  stopping.abort(new Error('stopped'));
  await expect(aborted).rejects.toThrow('aborted');
  await holding;
  await second.declareFields([{ name: 'street', type: 'text' }], options);
  for (const store of [first, second]) await store.close();
});
