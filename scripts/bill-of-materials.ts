import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The parts of a CycloneDX document that are read here. */
export interface BillOfMaterials {
  readonly bomFormat: string;
  readonly metadata: { readonly component: BillComponent };
  readonly components: readonly BillComponent[];
  /** The dependencies of each component, by `bom-ref`. */
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** A package. */
export interface BillComponent {
  readonly 'bom-ref': string;
  /** The scope, such as `@dbsync`. */
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
  readonly externalReferences?: readonly {
    readonly type: string;
    readonly url: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  }[];
}

/**
 * Returns the bill of materials of everything that packages of this repository need to run, tools for tests apart, as
 * pnpm makes it. Versions and hashes are those of the lock file, licences those of the installed packages, so only pnpm
 * itself is fetched.
 *
 * @param filters as pnpm takes them, such as `./packages/*`. Of several packages the needs are those of the bill's own component
 * @param options `lockfileOnly`: without licences
 */
export function billOfMaterials(filters: readonly string[], { lockfileOnly = false } = {}): BillOfMaterials {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-sbom-'));
  const file = join(folder, 'sbom.json');
  const options = ['--sbom-format', 'cyclonedx', '--prod', '--out', file, ...(lockfileOnly ? ['--lockfile-only'] : [])];
  const args = ['-y', packageManager, ...filters.flatMap((filter) => ['--filter', filter]), 'sbom', ...options];
  try {
    const result = spawnSync('npx', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
    if (result.status !== 0) throw new Error(`pnpm sbom failed: ${result.error ?? result.stdout + result.stderr}`);
    return JSON.parse(readFileSync(file, 'utf8')) as BillOfMaterials;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Returns the name with its scope. */
export function packageNameOf({ group, name }: BillComponent): string {
  return group === undefined ? name : `${group}/${name}`;
}

/**
 * Returns the URL of the package in the registry, and its SHA-512 in hexadecimal digits; null for packages of this
 * repository.
 */
export function sourceOf(component: BillComponent): { readonly url: string; readonly sha512: string } | null {
  const distribution = component.externalReferences?.find(({ type }) => type === 'distribution');
  const sha512 = distribution?.hashes?.find(({ alg }) => alg === 'SHA-512')?.content;
  return distribution === undefined || sha512 === undefined ? null : { url: distribution.url, sha512 };
}
