import { describe, expect, it } from 'vitest';
import { EARLIER_RELEASES } from '../harness/earlier-release.ts';
import { repositoryFiles, repositoryPaths } from './source-files.ts';

/** Matches what a release left: tables in a folder of their own, or a state file. */
const LEFT = /^test\/fixtures\/(?:([^/]+)\/[a-z]+\.sql|(outbox-\d+\.sql))$/;

const page = repositoryFiles().find(({ path }) => path === 'docs/upgrading.md')?.text ?? '';
const left = [...new Set(repositoryPaths().flatMap((path) => LEFT.exec(path)?.slice(1).filter(Boolean) ?? []))];

/** Returns the fixtures that the table of a page does not name. */
const unnamed = (text: string) => left.filter((name) => !text.includes(`\`${name}\``));

describe('docs/upgrading.md', () => {
  it('names each copy and each state file of an earlier release that a test upgrades', () => {
    expect(left).toEqual(expect.arrayContaining([...EARLIER_RELEASES, 'dbsync2-1.15', 'outbox-1.sql']));
    expect(unnamed(page)).toEqual([]);
    expect(unnamed(page.replace('outbox-3.sql', ''))).toEqual(['outbox-3.sql']);
  });

  it('has a state file of each version before the present one', () => {
    const schema = repositoryFiles().find(({ path }) => path === 'packages/core/src/outbox/file/outbox-schema.ts');
    const steps =
      /SCHEMA_STEPS: readonly string\[\] = \[([^\]]+)\]/.exec(schema?.text ?? '')?.[1]?.match(/\w+_SCHEMA/g) ?? [];
    expect(steps.length).toBeGreaterThan(4);
    const versions = steps.slice(1).map((_, index) => `outbox-${index + 1}.sql`);
    expect(left.filter((name) => name.startsWith('outbox-')).toSorted()).toEqual(versions);
  });
});
