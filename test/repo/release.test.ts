import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  headChangelog,
  notesOf,
  oneVersion,
  type ReleasedManifest,
  VERSION_FILES,
  withRepository,
  withVersion,
} from '../../scripts/release-steps.ts';
import { mustRun } from '../harness/run-program.ts';
import { repositoryRoot } from './source-files.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const published = globSync('packages/*/package.json', { cwd: repositoryRoot }).sort();
const manifests = published.map((path) => JSON.parse(read(path)) as ReleasedManifest);

describe('a release', () => {
  const copy = mkdtempSync(join(tmpdir(), 'dbsync-release-'));
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('gives all packages one version, by the changesets that wait', async () => {
    const before = oneVersion(manifests);
    const members = globSync('{packages,examples,test}/*/package.json', { cwd: repositoryRoot });
    for (const path of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.changeset', ...members]) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      cpSync(join(repositoryRoot, path), join(copy, path), { recursive: true });
    }
    await mustRun('git', ['init', '--quiet'], { cwd: copy });
    const changesets = join(repositoryRoot, 'node_modules/@changesets/cli/bin.js');
    await mustRun(process.execPath, [changesets, 'version'], { cwd: copy });
    const next = (path: string) => JSON.parse(readFileSync(join(copy, path), 'utf8')) as ReleasedManifest;
    const [major, minor] = before.split('.').map(Number);
    expect(oneVersion(published.map(next))).toBe(`${major}.${Number(minor) + 1}.0`);
    expect(globSync('.changeset/*.md', { cwd: copy })).toEqual([]);
  });

  it('heads the changelog, and prints the section of its version', () => {
    const text = headChangelog('# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0\n\n- Old.\n', '0.2.0');
    expect(text).toBe('# Changelog\n\n## Unreleased\n\n## 0.2.0\n\n- New.\n\n## 0.1.0\n\n- Old.\n');
    expect(notesOf(text, '0.2.0')).toBe('- New.\n');
    expect(() => notesOf(text, '0.3.0')).toThrow('no section "0.3.0"');
    expect(() => headChangelog('# Changelog\n', '0.2.0')).toThrow('Unreleased');
    expect(read('CHANGELOG.md')).toContain('\n## Unreleased\n');
  });

  it('refuses a tag of another version, and packages of several', () => {
    expect(oneVersion(manifests, `v${oneVersion(manifests)}`)).toBe(manifests[0]?.version);
    expect(() => oneVersion(manifests, 'v99.0.0')).toThrow('The tag v99.0.0 is not that of version');
    expect(() => oneVersion([...manifests, { name: 'other', version: '99.0.0' }])).toThrow('several versions');
  });

  it('names the repository in each manifest, which asks for its provenance', () => {
    for (const manifest of manifests) {
      expect(manifest).toMatchObject({ publishConfig: { access: 'public', provenance: true } });
      expect(withRepository(manifest, 'https://git.example.com/team/dbsync', 'packages/cli').repository).toEqual({
        type: 'git',
        url: 'git+https://git.example.com/team/dbsync.git',
        directory: 'packages/cli',
      });
    }
  });

  it('has the version of the packages in the examples of images', () => {
    const version = oneVersion(manifests);
    const files = globSync(VERSION_FILES, { cwd: repositoryRoot });
    expect(files.some((path) => withVersion(read(path), '99.0.0') !== read(path))).toBe(true);
    expect(withVersion(read('docs/installing.md'), '99.0.0')).toContain('apt install ./dbsync_99.0.0_amd64.deb\n');
    for (const path of files) expect(withVersion(read(path), version), path).toBe(read(path));
  });
});

describe('the workflow of a release', () => {
  const text = read('.github/workflows/release.yml');
  const errorsOf = (content: string) =>
    parseWorkflow({ name: 'release.yml', content }, new NoOperationTraceWriter())
      .context.errors.getErrors()
      .map(({ message }) => message);

  it('is one that GitHub takes', () => {
    expect(errorsOf(text)).toEqual([]);
    expect(errorsOf(text.replace('runs-on:', 'runson:'))).not.toEqual([]);
    expect(errorsOf(text.replace('steps.build.outputs', 'step.build.outputs'))).not.toEqual([]);
  });

  it('tests before it publishes, and gives each job the rights that it needs', () => {
    const { jobs, permissions } = parse(text) as {
      readonly permissions: object;
      readonly jobs: Readonly<
        Record<string, { readonly needs?: string | readonly string[]; readonly permissions: object }>
      >;
    };
    expect(permissions).toEqual({});
    expect(jobs.packages?.needs).toBe('test');
    expect(jobs.image?.needs).toBe('test');
    expect(jobs.attach?.needs).toEqual(['packages', 'image']);
    const writers = Object.entries(jobs).filter(
      ([, job]) => 'contents' in job.permissions && job.permissions.contents === 'write',
    );
    expect(writers.map(([name]) => name)).toEqual(['attach']);
    expect(text).not.toMatch(/\$\{\{ secrets\./);
  });

  it('builds the packages that need no Node.js from the commit itself, and signs the sums of all that it attaches', () => {
    const { jobs } = parse(text) as {
      readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
    };
    const steps = jobs.packages?.steps.flatMap(({ run = '' }) => run.split('\n')) ?? [];
    const order = [
      'npm run package',
      'name-repository',
      'setup.mjs pack packed',
      'mv packaged/* packed/',
      'sha256sum',
      'cosign sign-blob',
    ];
    const places = order.map((part) => steps.findIndex((step) => step.includes(part)));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(jobs.attach?.steps.some(({ run }) => run?.includes('gh release create "$GITHUB_REF_NAME" packed/*'))).toBe(
      true,
    );
  });
});
