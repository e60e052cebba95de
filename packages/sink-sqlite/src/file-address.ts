import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SinkError, type SinkTarget } from '@dbsync/core/contract';

type Address = SinkTarget['address'];

/** Returns the file that the address names. @throws a fatal SinkError for none, and for one on another machine */
export function fileOf({ scheme, host, path }: Address): string {
  if (host !== '') {
    const meant = path === '' ? host : `/${path}`;
    throw invalid(`${scheme}:// is followed by a host, and a file has none: write ${scheme}:${meant}`);
  }
  if (path === '' || path === ':memory:') throw invalid('The address names no file: give sqlite:FILE');
  return path;
}

/**
 * Refuses a path that other programs read in another way than dbsync does, where no file is there by dbsync's reading:
 * the copy would begin again in an unexpected file.
 */
export function refuseDoubtfulPath({ scheme, path, isWithoutHost }: Address, home: string | null): void {
  if (path.startsWith('~') && !existsSync(dirname(path))) {
    const meant = home === null ? 'the whole path' : `${scheme}:${path.replace(/^~(?=\/|$)/, home)}`;
    throw invalid(`Only a shell replaces ~ by a folder: write ${meant}`);
  }
  if (isWithoutHost && !existsSync(path)) {
    throw invalid(
      `${scheme}:///${path} may mean ${resolve(path)} or /${path}: write ${scheme}:/${path} for the path from the root, or ${scheme}:${path} for the one from the current folder`,
    );
  }
}

/** Refuses a missing file, for a command that only looks: SQLite would make the file. @throws a fatal SinkError */
export function refuseMissingFile(file: string): void {
  if (existsSync(file)) return;
  const message = `There is no file ${resolve(file)}, and this command makes none`;
  throw new SinkError('SQLITE_FILE_MISSING', message, { verdict: 'fatal', outcome: 'not-committed' });
}

function invalid(message: string): SinkError {
  return new SinkError('SQLITE_ADDRESS_INVALID', message, { verdict: 'fatal', outcome: 'not-committed' });
}
