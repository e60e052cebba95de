/** A manifest, as far as a release changes it. */
export interface ReleasedManifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly [key: string]: unknown;
}

/** Returns the changelog with the section "Unreleased" under the version, behind an empty one for what comes next. */
export function headChangelog(text: string, version: string): string {
  const heading = /^## Unreleased\n/m;
  if (!heading.test(text)) throw new Error('CHANGELOG.md has no section "Unreleased".');
  return text.replace(heading, `## Unreleased\n\n## ${version}\n`);
}

/** Returns the text of a version's section in the changelog. */
export function notesOf(text: string, version: string): string {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${version}\n`));
  if (section === undefined)
    throw new Error(`CHANGELOG.md has no section "${version}": run npm run release -- version.`);
  return `${section.slice(version.length).trim()}\n`;
}

/** The files that name the image or a package with its version, as patterns. */
export const VERSION_FILES = ['docs/{containers,installing}.md', 'examples/{compose,kubernetes/*}/*.yaml'];

/** Returns an example, or a page of documents, whose image and packages have this version. */
export function withVersion(text: string, version: string): string {
  return text.replaceAll(/(\bdbsync[:_-]|newTag: )\d+\.\d+\.\d+/g, `$1${version}`);
}

/** Returns the one version of the packages. @throws Error where there are several, or another than that of the tag */
export function oneVersion(manifests: readonly ReleasedManifest[], tag?: string): string {
  const versions = [...new Set(manifests.map(({ version }) => version))];
  const [version] = versions;
  if (version === undefined || versions.length > 1) throw new Error(`The packages have several versions: ${versions}.`);
  if (tag !== undefined && tag !== `v${version}`)
    throw new Error(`The tag ${tag} is not that of version ${version}: v${version}.`);
  return version;
}

/** Returns a manifest that names the repository; npm compares it with that of the workflow which signs the package. */
export function withRepository(manifest: ReleasedManifest, address: string, directory: string): ReleasedManifest {
  return { ...manifest, repository: { type: 'git', url: `git+${address}.git`, directory } };
}
