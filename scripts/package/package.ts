// `npm run package` builds the packages that need no Node.js, into the folder packaged: a .deb for amd64 and arm64, a tarball for
// Linux on x64 and arm64, a ZIP archive for Windows, the bill of materials, and the SHA-256 sums of all. Call it with the names of
// some of them to build those alone: `npm run package -- deb-amd64`. The same sources give the same bytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from '../bill-of-materials.ts';
import { packTarball, packZip } from './archives.ts';
import { buildDebianPackage } from './debian-package.ts';
import { writeTarballExtras, writeUnixTree, writeWindowsTree } from './program-tree.ts';

const root = join(import.meta.dirname, '../..');
const to = join(root, 'packaged');
const epoch = Number(process.env.SOURCE_DATE_EPOCH || timeOfCommit());
const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8')) as { version: string };

const BUILDS: Readonly<Record<string, (draft: string) => unknown>> = {
  'deb-amd64': (draft) => debianPackage('amd64', draft),
  'deb-arm64': (draft) => debianPackage('arm64', draft),
  'linux-x64': (draft) => tarball('linux-x64', draft),
  'linux-arm64': (draft) => tarball('linux-arm64', draft),
  'windows-x64': (draft) => {
    const folder = join(draft, `dbsync-${version}-windows-x64`);
    writeWindowsTree(folder);
    packZip(folder, join(to, `dbsync-${version}-windows-x64.zip`), epoch);
  },
  sbom: () => writeFileSync(join(to, `dbsync-${version}.cdx.json`), reproducibleBill()),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BUILDS, name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${Object.keys(BUILDS).join(', ')}.`);
  process.exit(2);
}
mkdirSync(to, { recursive: true });
for (const [name, build] of Object.entries(BUILDS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const draft = mkdtempSync(join(to, '.draft-'));
  try {
    await build(draft);
    console.log(`Built ${name}.`);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
writeSums();

function debianPackage(architecture: 'amd64' | 'arm64', draft: string): Promise<string> {
  return buildDebianPackage({ architecture, version, to, draft: join(draft, 'deb'), epoch, compression: 'xz' });
}

async function tarball(platform: 'linux-x64' | 'linux-arm64', draft: string): Promise<void> {
  const folder = join(draft, `dbsync-${version}-${platform}`);
  const programs = await writeUnixTree(platform, folder);
  writeTarballExtras(folder);
  packTarball(folder, programs, join(to, `dbsync-${version}-${platform}.tar.gz`), epoch);
}

/** Returns the bill of materials without its number and time, which differ each time. */
function reproducibleBill(): string {
  const {
    serialNumber: _,
    metadata,
    ...bill
  } = billOfMaterials(['./packages/*']) as ReturnType<typeof billOfMaterials> & {
    readonly serialNumber?: string;
  };
  const timestamp = new Date(epoch * 1_000).toISOString();
  return `${JSON.stringify({ ...bill, metadata: { ...metadata, timestamp } }, null, 2)}\n`;
}

/** Writes the sums of all files as `sha256sum --check` takes them. */
function writeSums(): void {
  const names = readdirSync(to).filter((name) => !name.startsWith('.') && name !== 'SHA256SUMS');
  const lines = names.sort().map((name) => {
    const sum = createHash('sha256')
      .update(readFileSync(join(to, name)))
      .digest('hex');
    return `${sum}  ${name}\n`;
  });
  writeFileSync(join(to, 'SHA256SUMS'), lines.join(''));
}

/** Returns the time of the last commit, in seconds since 1970; in an unpacked archive, which has no git, the first of 2026. */
function timeOfCommit(): string {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : String(Date.UTC(2026, 0, 1) / 1_000);
}
