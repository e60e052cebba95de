import { describe, expect, it } from 'vitest';
import { repositoryFiles, type SourceFile } from './source-files.ts';

const WORKFLOW = /(?:^|\/)\.(?:github|gitea|forgejo)\/.*\.ya?ml$/;
const COMMIT = /@[\da-f]{40}$/;
const IMAGE_HASH = /@sha256:[\da-f]{64}$/;
const DEPLOYED = /^examples\/.*\.ya?ml$/;
/** Matches the image of this repository, which the user builds. */
const OWN_IMAGE = /^(?:dbsync|\$\{IMAGE:-dbsync:[\d.]+\})$/;
const EXACT = /@\d+\.\d+\.\d+$/;
/** Replaces the version in package.json, which has its own test. */
const PACKAGE_MANAGER = 'packageManager@0.0.0';
/** Matches commands of this repository's own packages, which come from no registry. */
const OWN_COMMANDS = /^dbsync(?:2|-simulator)?$/;

describe('tools from elsewhere', () => {
  const files = repositoryFiles();

  it('are pinned: actions to commits, images to hashes, npx to versions, packages to hashes', () => {
    expect(files.some(({ text }) => npxWords(text).length > 0)).toBe(true);
    expect(files.flatMap(loose)).toEqual([]);
  });

  it('have a package manager of one exact version', () => {
    const manifest = JSON.parse(files.find(({ path }) => path === 'package.json')?.text ?? '{}');
    expect(manifest.packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/);
  });

  it('have a hash each in the lock file', () => {
    const lock = files.find(({ path }) => path === 'pnpm-lock.yaml')?.text ?? '';
    const [, packages = ''] = /\npackages:\n(.*?)\nsnapshots:/s.exec(lock) ?? [];
    const entries = packages.split(/\n\n/).filter((entry) => entry.trim() !== '');
    expect(entries.length).toBeGreaterThan(300);
    expect(entries.filter((entry) => !/resolution: \{integrity: sha512-[\w+/=]+\}/.test(entry))).toEqual([]);
  });

  it.each([
    ['an action by a tag', '.github/workflows/a.yml', '      - uses: actions/checkout@v4'],
    [
      'an action by a tag in a template',
      'packages/a/templates/.github/workflows/a.yml',
      '  - uses: actions/checkout@v4',
    ],
    ['an image by a tag', 'examples/Dockerfile', 'FROM node:24'],
    ['an image by a tag beside dbsync', 'examples/compose/compose.yaml', '    image: postgres:18.4'],
    ['a tool without a version', 'scripts/a.mjs', "run('npx', ['-y', 'pnpm', 'install'])"],
    ['a tool by a range', 'docs/a.md', 'npx -y cowsay@^1.0.0 hello'],
    ['a tool by a tag', '.ci/run', 'npx cowsay@latest'],
    ['a download that is run', '.ci/run', 'pnpm dlx cowsay'],
  ])('are found: %s', (_, path, text) => {
    expect(loose({ path, text })).toHaveLength(1);
  });

  it.each([
    ['.github/workflows/a.yml', `- uses: actions/checkout@${'0a'.repeat(20)} # v4`],
    ['.github/workflows/a.yml', '- uses: ./.github/actions/own'],
    ['scripts/a.mjs', "run('npx', ['-y', packageManager, 'install'])"],
    ['docs/a.md', 'npx -y cowsay@1.2.3 hello; npx dbsync --help'],
  ])('are let pass: %s: %s', (path, text) => {
    expect(loose({ path, text })).toEqual([]);
  });
});

/** Returns the tools that a file names and does not pin. */
function loose({ path, text }: SourceFile): readonly string[] {
  if (path.endsWith('pinned-tools.test.ts')) return [];
  const actions = WORKFLOW.test(path) ? captures(text, /\buses:\s*['"]?([^\s'"#]+)/g) : [];
  const images = /(?:^|\/)(?:Dockerfile|Containerfile)$/.test(path) ? captures(text, /^FROM\s+(\S+)/gim) : [];
  const deployed = DEPLOYED.test(path) ? captures(text, /^\s*image:\s*(\S+)/gm) : [];
  const found = [
    ...actions.filter((name) => !name.startsWith('./') && !COMMIT.test(name)),
    ...images.filter((name) => name !== 'scratch' && !IMAGE_HASH.test(name)),
    ...deployed.filter((name) => !OWN_IMAGE.test(name) && !IMAGE_HASH.test(name)),
    ...npxWords(text).filter((name) => !EXACT.test(name) && !OWN_COMMANDS.test(name)),
    ...captures(text, /\b((?:pnpm|yarn) dlx|npm exec|bunx)\s/g),
  ];
  return found.map((what) => `${path}: ${what}`);
}

/** Returns the package after `npx`: in shell and prose the next word; in code the text, or the text of the constant. */
function npxWords(text: string): readonly string[] {
  const inShell = captures(text, /(?<![`'"\w-])npx\s+(?:-y\s+|--yes\s+)?([\w@][^\s`'";,)]*)/g);
  const inCode = captures(text, /\[\s*'-y',\s*('[^']+'|\w+)/g).map((word) => {
    if (word.startsWith("'")) return word.slice(1, -1);
    if (word === 'packageManager') return PACKAGE_MANAGER;
    return new RegExp(`const ${word} = '([^']+)'`).exec(text)?.[1] ?? word;
  });
  return [...inShell, ...inCode];
}

function captures(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), (match) => match[1] ?? '');
}
