import { rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { mustRun } from './must-run.ts';
import { settleFiles } from './settled-files.ts';

/** Packs a folder as `FILE.tar.gz`: the same files give the same bytes. @param epoch seconds since 1970 */
export function packTarball(folder: string, programs: readonly string[], file: string, epoch: number): void {
  settleFiles(folder, programs, epoch);
  const tar = file.replace(/\.gz$/, '');
  const fixed = ['--sort=name', '--format=gnu', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`];
  mustRun('tar', [...fixed, '-cf', tar, basename(folder)], dirname(folder));
  rmSync(file, { force: true });
  mustRun('gzip', ['--no-name', '-9', tar], dirname(folder));
}

/** Packs a folder as a ZIP archive: the same files give the same bytes. @param epoch seconds since 1970, from 1980 on */
export function packZip(folder: string, file: string, epoch: number): void {
  const files = settleFiles(folder, [], epoch);
  rmSync(file, { force: true });
  const paths = files.map((path) => `${basename(folder)}/${path}`).join('\n');
  mustRun('zip', ['-X', '-9', '-q', '-D', file, '-@'], dirname(folder), { TZ: 'UTC' }, paths);
}
