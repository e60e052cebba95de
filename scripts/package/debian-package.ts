import { globSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { manualFile } from '../print-manual.ts';
import { units } from '../print-units.ts';
import { MAINTAINER_SCRIPTS } from './maintainer-scripts.ts';
import { mustRun } from './must-run.ts';
import { write, writeUnixTree, writeZipped } from './program-tree.ts';
import { settleFiles } from './settled-files.ts';

const root = join(import.meta.dirname, '../..');

export interface DebianPackageOptions {
  readonly architecture: 'amd64' | 'arm64';
  readonly version: string;
  /** The folder that gets the package. */
  readonly to: string;
  /** A folder for its files, which is emptied. */
  readonly draft: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  /** `xz` takes minutes, and a third of the room. */
  readonly compression: 'xz' | 'none';
}

/** Builds the package for Debian and its relatives: the same files give the same bytes. Returns its file. */
export async function buildDebianPackage(options: DebianPackageOptions): Promise<string> {
  const { architecture, version, to, draft, epoch, compression } = options;
  rmSync(draft, { recursive: true, force: true });
  const platform = architecture === 'amd64' ? 'linux-x64' : 'linux-arm64';
  const programs = await writeUnixTree(platform, join(draft, 'usr'));
  const documents = join(draft, 'usr/share/doc/dbsync');
  writeZipped(join(draft, 'usr/share/man/man1/dbsync.1.gz'), readFileSync(manualFile));
  writeZipped(join(documents, 'changelog.gz'), readFileSync(join(root, 'CHANGELOG.md')));
  write(join(documents, 'copyright'), copyright());
  for (const [name, text] of Object.entries(units(['/usr/bin/dbsync']))) {
    write(join(draft, 'usr/lib/systemd/system', name), text);
  }
  write(join(draft, 'etc/logrotate.d/dbsync'), LOGROTATE);
  write(join(draft, 'etc/dbsync/README'), SETTINGS_README);
  write(join(draft, 'DEBIAN/conffiles'), '/etc/dbsync/README\n/etc/logrotate.d/dbsync\n');
  write(join(draft, 'DEBIAN/control'), control(options, sizeOf(draft)));
  for (const [name, text] of Object.entries(MAINTAINER_SCRIPTS)) write(join(draft, 'DEBIAN', name), text);
  settleFiles(
    draft,
    [...programs.map((path) => `usr/${path}`), ...Object.keys(MAINTAINER_SCRIPTS).map((name) => `DEBIAN/${name}`)],
    epoch,
  );
  mkdirSync(to, { recursive: true });
  const file = join(to, `dbsync_${version}_${architecture}.deb`);
  // More threads would cut the archive into other blocks, and so make other bytes.
  const variables = { SOURCE_DATE_EPOCH: String(epoch), DPKG_DEB_THREADS_MAX: '1' };
  mustRun(
    'dpkg-deb',
    ['--root-owner-group', `-Z${compression}`, '--uniform-compression', '--build', draft, file],
    to,
    variables,
  );
  return file;
}

/** Returns the room that the files take, in KiB, as the policy of Debian counts it. */
function sizeOf(folder: string): number {
  const sizes = globSync('{usr,etc}/**/*', { cwd: folder }).map((path) => {
    const found = lstatSync(join(folder, path));
    return found.isFile() ? Math.ceil(found.size / 1024) : 1;
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function control({ version, architecture }: DebianPackageOptions, size: number): string {
  return `Package: dbsync
Version: ${version}
Architecture: ${architecture}
Maintainer: the dbsync authors <dbsync@localhost>
Installed-Size: ${size}
Depends: libc6 (>= 2.28), libstdc++6 (>= 9)
Suggests: logrotate
Section: database
Priority: optional
Description: copy a Dialfire or Megadialer campaign into your database
 dbsync copies the contacts, transactions, connections, recordings and inbound
 calls of a campaign into PostgreSQL, MySQL, MariaDB, SQL Server or SQLite and
 keeps the copy current, or posts them to a web service. The package has a
 Node.js of its own and all sinks.
`;
}

function copyright(): string {
  const licence = readFileSync(join(root, 'LICENSE'), 'utf8');
  return `${licence}
Node.js, in /usr/lib/dbsync/node: see /usr/lib/dbsync/LICENSE.node.
The packages in /usr/lib/dbsync/node_modules: see the LICENSE file of each.
`;
}

/** dbsync removes old logs at each start; this keeps those of a daemon that runs for months small. */
const LOGROTATE = `/var/log/dbsync/*.log {
    weekly
    rotate 13
    maxage 90
    dateext
    copytruncate
    compress
    missingok
    notifempty
}
`;

const SETTINGS_README = `The files of each campaign of dbsync:

  CAMPAIGN.token   the campaign token    (root:root, mode 0600)
  CAMPAIGN.url     the URL of the target (root:root, mode 0600)
  CAMPAIGN.env     its other options, as DBSYNC_<OPTION>=...; no secrets

dbsync service install --campaign CAMPAIGN --token-file FILE --url-file FILE
writes them and starts the service.

For many campaigns in one process: dbsync.yaml (root:root, mode 0644), and in
the folder secrets a file for each secret, which dbsync.yaml names by
token-credential: dbsync_FILE. dbsync service install --config
/etc/dbsync/dbsync.yaml starts it. See man dbsync.
`;
