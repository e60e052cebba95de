import { createFieldRules, type RunMode } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { type Cleaning, cleanedTruth } from '../harness/compare/cleaned-truth.ts';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import type { TruthSource } from '../harness/compare/truth-source.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { sharedTargets } from '../harness/shared-targets.ts';
import { DISTINCT_ENGINES } from '../harness/targets.ts';

const KEY = 'the first key, of more than 32 bytes';
const OTHER_KEY = 'another key, of more than 32 bytes too';
const exclude = ['user*', 'contacts.$owner', 'company', 'line_number', 'COMPANY'];
const hash = ['*phone', 'mobile', 'revenue', 'remote_number', 'callnumber'];
const FILTER = { mode: 'hi_updates_only', prefixes: [] } as const;
const TRUTH = '__truth?type=update&hi=true';

/** The conditions of the globs, written in another way. */
const cleaningWith = (key: string): Cleaning => ({
  key,
  drops: (kind, field) =>
    /^(user.*|company|line_number)$/.test(field) ||
    `${kind}.${field}` === 'contacts.$owner' ||
    `${kind}.${field}` === 'inbound_calls.called_number',
  hashes: (kind, field) =>
    /(phone|^mobile|^revenue|^remote_number|^callnumber)$/.test(field) ||
    `${kind}.${field}` === 'inbound_calls.calling_number',
});

for (const engine of DISTINCT_ENGINES) {
  it(`${engine}: a copy follows the rules for fields and each change of them, equal to the truth cleaned by other means`, async () => {
    const simulator = await startSimulator({ contacts: 150, hostileEvery: 10, inboundCalls: 40 });
    onTestFinished(() => simulator.close());
    await using targets = await sharedTargets(engine);
    await using target = await targets.create();
    const raw = `${simulator.url}/${TRUTH}`;

    const copy = async (options: { readonly key: string } | null, truth: TruthSource, mode: RunMode = 'db_init') => {
      const fields = options === null ? null : createFieldRules({ exclude, hash, key: options.key });
      const run = startRun({ simulator, store: await loadStore(target.url), mode, filter: FILTER, fields });
      if (mode === 'db_sync') {
        await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
        await run.stop();
      }
      const { totals } = await run.done;
      const { differences, rows } = await target.read((stored) => compareWithTruth(truth, stored));
      expect(differences).toEqual([]);
      expect(rows).toBeGreaterThan(300);
      const notices = run.events.filter((event) => event.type === 'notice');
      const isReported = notices.some(({ code }) => code === 'FIELD_RULES_CHANGED');
      const unused = notices.filter(({ code }) => code === 'FIELD_RULE_UNUSED').map(({ message }) => message);
      if (isReported && options !== null) expect(unused).toEqual([expect.stringContaining('"COMPANY"')]);
      else expect(unused).toEqual([]);
      return { isReported, fetched: totals.contactsFetched };
    };

    expect(await copy(null, raw)).toMatchObject({ isReported: false });
    const underRules = { isReported: true, fetched: expect.toSatisfy((fetched: number) => fetched >= 149) };
    expect(await copy({ key: KEY }, cleanedTruth(raw, cleaningWith(KEY)))).toMatchObject(underRules);
    const again = await copy({ key: KEY }, cleanedTruth(raw, cleaningWith(KEY)));
    expect(again.isReported).toBe(false);
    expect(again.fetched).toBeLessThan(20);
    expect(await copy({ key: OTHER_KEY }, cleanedTruth(raw, cleaningWith(OTHER_KEY)), 'db_sync')).toMatchObject(
      underRules,
    );
    expect(await copy(null, raw)).toMatchObject(underRules);
  });
}
