import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRunFigures } from '../../src/reporting/metrics-figures.ts';
import { createRunMetrics } from '../../src/reporting/metrics-registry.ts';

const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');

describe('docs/metrics.md', () => {
  const figures = createRunFigures(() => 0);
  const { registry } = createRunMetrics({ figures, isKnownCode: () => true, version: '1.0.0' });
  const served = registry
    .getMetricsAsArray()
    .map(({ name }) => name)
    .sort();

  it('has a row for each metric, and for no other', () => {
    const rows = [...page.matchAll(/^\| `(dbsync_\w+)` \| .{10,} \|$/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual(served);
  });

  it('names no metric elsewhere that is not served, such as in its alerts', () => {
    const named = new Set(page.match(/\bdbsync_\w+/g));
    expect([...named].sort()).toEqual(served);
  });
});
