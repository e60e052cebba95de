import { expect, it } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { ENGINES, type EngineName, openTargets } from '../harness/targets.ts';

const { signal } = new AbortController();
const ROWS = 100_500;

/** Fills the table of recordings, which refers to no other one by a column that must be filled. */
const FILL: Readonly<Partial<Record<EngineName, readonly string[]>>> = {
  sqlite: [
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) INSERT INTO mcall_recordings (id) SELECT 'r' || i FROM n`,
  ],
  postgres: [
    `INSERT INTO mcall_recordings (id) SELECT 'r' || i FROM generate_series(1, ${ROWS}) AS i`,
    'ANALYZE mcall_recordings',
  ],
  mariadb: [`INSERT INTO mcall_recordings (id) SELECT concat('r', seq) FROM seq_1_to_${ROWS}`],
  mysql: [
    `INSERT INTO mcall_recordings (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ concat('r', i) FROM n`,
  ],
};

for (const engine of ENGINES) {
  const statements = FILL[engine];
  if (statements === undefined) continue;
  it(`${engine}: status takes the estimate of the database for a table of more than 100,000 rows`, async () => {
    await using targets = await openTargets(engine);
    await using target = await targets.create();
    const store = await loadStore(target.url);
    await store.open({ signal });
    await store.declareFields([], { signal });
    await databaseAt(target.url).run(...statements);
    const counted = await store.reporting?.countRows({ signal });
    await store.close();
    const recordings = counted?.find(({ kind }) => kind === 'recordings');
    expect(recordings).toMatchObject({ table: 'mcall_recordings', isEstimate: true });
    expect(recordings?.rows).toBeGreaterThanOrEqual(100_000);
    expect(recordings?.rows).toBeLessThan(4 * ROWS);
    expect(counted?.find(({ kind }) => kind === 'contacts')).toMatchObject({ rows: 0, isEstimate: false });
  });
}
