import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packTarball, packZip } from '../../scripts/package/archives.ts';
import {
  type Bringer,
  write,
  writeTarballExtras,
  writeUnixTree,
  writeWindowsTree,
} from '../../scripts/package/program-tree.ts';
import { mustRun } from '../harness/run-program.ts';
import { hasCommand } from '../harness/servers/debian-tools.ts';

const EPOCH = Date.UTC(2026, 0, 2) / 1_000;

/** Stands for the Node.js of another platform, which would be fetched, and for the program: a script that prints its arguments. */
const bring: Bringer = {
  node: (platform, to) => write(join(to, platform === 'win-x64' ? 'node.exe' : 'node'), '#!/bin/sh\necho "$@"\n'),
  program: (to) => write(join(to, 'node_modules/@dbsync/cli/bin/dbsync.js'), ''),
};

describe('the archives without Node.js of the machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-archives-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.runIf(hasCommand('tar'))(
    'are a tarball for Linux, of the same bytes each time, that starts from any folder',
    async () => {
      const pack = async (name: string) => {
        const tree = join(folder, name, 'dbsync-1.0.0-linux-arm64');
        const programs = await writeUnixTree('linux-arm64', tree, bring);
        writeTarballExtras(tree);
        packTarball(tree, programs, join(folder, `${name}.tar.gz`), EPOCH);
        return sumOf(join(folder, `${name}.tar.gz`));
      };
      expect(await pack('second')).toBe(await pack('first'));
      mkdirSync(join(folder, 'opt'));
      await mustRun('tar', ['-xzf', join(folder, 'first.tar.gz')], { cwd: join(folder, 'opt') });
      const home = join(folder, 'opt/dbsync-1.0.0-linux-arm64');
      for (const name of ['dbsync', 'dbsync2']) {
        const words = (await mustRun(join(home, 'bin', name), ['--c', 'two words'], { cwd: folder })).trim();
        expect(words).toMatch(/lib\/dbsync\/node_modules\/@dbsync\/cli\/bin\/dbsync\.js --c two words$/);
      }
      expect(readFileSync(join(home, 'lib/systemd/system/dbsync@.service'), 'utf8')).toContain(
        'ExecStart=/usr/local/bin/dbsync ',
      );
    },
  );

  it.runIf(hasCommand('zip'))(
    'are a ZIP archive for Windows, of the same bytes each time, without a link',
    async () => {
      const pack = (name: string) => {
        const tree = join(folder, name, 'dbsync-1.0.0-windows-x64');
        writeWindowsTree(tree, bring);
        packZip(tree, join(folder, `${name}.zip`), EPOCH);
        return sumOf(join(folder, `${name}.zip`));
      };
      expect(pack('fourth')).toBe(pack('third'));
      const listed = (await mustRun('zip', ['-sf', join(folder, 'third.zip')], { cwd: folder }))
        .split('\n')
        .map((line) => line.trim());
      for (const path of ['dbsync.cmd', 'dbsync2.cmd', 'LICENSE', 'lib/dbsync/node.exe']) {
        expect(listed).toContain(`dbsync-1.0.0-windows-x64/${path}`);
      }
      const starter = readFileSync(join(folder, 'third/dbsync-1.0.0-windows-x64/dbsync.cmd'), 'utf8');
      const [, node = '', script = ''] = /"%~dp0(.*?)" "%~dp0(.*?)" %\*/.exec(starter) ?? [];
      for (const path of [node, script])
        expect(listed).toContain(`dbsync-1.0.0-windows-x64/${path.replaceAll('\\', '/')}`);
    },
  );
});

function sumOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
