// `npm run release -- STEP` does a step of a release; CONTRIBUTING.md lists them:
//   version                  gives all packages their next version, by the changesets, and heads the changelog
//   name-repository ADDRESS  writes the address of the repository into the manifests, for their provenance; not committed
//   notes TAG                prints what the changelog says of the version, once tag and packages agree on it
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  headChangelog,
  notesOf,
  oneVersion,
  type ReleasedManifest,
  VERSION_FILES,
  withRepository,
  withVersion,
} from './release-steps.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const write = (path: string, text: string) => writeFileSync(join(root, path), text);
const folders = globSync('packages/*', { cwd: root }).sort();
const manifestOf = (folder: string) => JSON.parse(read(`${folder}/package.json`)) as ReleasedManifest;
const [step, argument = ''] = process.argv.slice(2);

if (step === 'version') version();
else if (step === 'name-repository' && argument !== '') nameRepository(argument);
else if (step === 'notes' && argument !== '')
  process.stdout.write(notesOf(read('CHANGELOG.md'), oneVersion(folders.map(manifestOf), argument)));
else {
  console.error('Give a step: version, name-repository ADDRESS, or notes TAG.');
  process.exitCode = 2;
}

function version(): void {
  const changesets = join(root, 'node_modules/@changesets/cli/bin.js');
  const { status } = spawnSync(process.execPath, [changesets, 'version'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`changeset version ended with ${status}.`);
  const next = oneVersion(folders.map(manifestOf));
  write('CHANGELOG.md', headChangelog(read('CHANGELOG.md'), next));
  for (const path of globSync(VERSION_FILES, { cwd: root })) write(path, withVersion(read(path), next));
}

function nameRepository(address: string): void {
  for (const folder of folders) {
    const named = withRepository(manifestOf(folder), address, folder);
    write(`${folder}/package.json`, `${JSON.stringify(named, null, 2)}\n`);
  }
}
