import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A registry of npm packages on a port of this machine. */
export interface PackageRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the tarballs of a folder, as the registry of one scope: other packages come from the package manager's own
 * registry.
 */
export async function startPackageRegistry(folder: string): Promise<PackageRegistry> {
  const documents = new Map<string, object>();
  const server = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url.slice(1));
    const tarball = /^tarballs\/(.*)$/.exec(path)?.[1];
    if (tarball !== undefined) {
      response.end(readFileSync(join(folder, tarball)));
      return;
    }
    const document = documents.get(path);
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.tgz'))) {
    const document = documentOf(join(folder, name), `${url}/tarballs/${name}`);
    documents.set(document.name, document);
  }
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, close };
}

/**
 * Returns the answer of npm's registry about a package, with a release that is old enough for every package manager.
 */
function documentOf(tarball: string, url: string): { readonly name: string } {
  const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
  const { name, version } = manifest;
  const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).split('\n');
  const _hasShrinkwrap = files.includes('package/npm-shrinkwrap.json');
  const bytes = readFileSync(tarball);
  const dist = {
    tarball: url,
    integrity: `sha512-${hash('sha512', bytes, 'base64')}`,
    shasum: hash('sha1', bytes, 'hex'),
  };
  const released = '2020-01-01T00:00:00.000Z';
  const document = {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist, _hasShrinkwrap } },
  };
  return Object.assign(document, { time: { created: released, modified: released, [version]: released } });
}
