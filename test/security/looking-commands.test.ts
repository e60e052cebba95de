import { expect, it } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { DISTINCT_ENGINES, openTargets } from '../harness/targets.ts';

const { signal } = new AbortController();

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: a command that looks makes no table, and finds the tables that a copy has`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const code = engine === 'sqlite' ? 'SQLITE_FILE_MISSING' : 'SQL_COPY_MISSING';
    // A first look that made tables would let the second one succeed.
    for (let look = 0; look < 2; look++) {
      await expect(openToLook(target.url)).rejects.toMatchObject({ code, verdict: 'fatal' });
    }
    const store = await loadStore(target.url);
    await store.open({ signal });
    await store.close();
    await openToLook(target.url);
  });
}

async function openToLook(url: string): Promise<void> {
  const store = await loadStore(url, { onlyLooks: true });
  try {
    await store.open({ signal });
  } finally {
    await store.close();
  }
}
