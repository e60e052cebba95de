import {
  chmodSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkReportFile, writeReportFile } from './report-file.js';

const PAGE = '<!doctype html>\n<meta name="generator" content="dbsync report">\n';

it('makes a file that its owner alone can read, and keeps the permissions of an earlier report', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  const file = join(folder.path, 'calls.html');
  const mode = () => (statSync(file).mode & 0o777).toString(8);
  await writeReportFile(file, PAGE);
  expect(mode()).toBe('600');
  chmodSync(file, 0o644);
  await writeReportFile(file, `${PAGE}new`);
  expect([mode(), readFileSync(file, 'utf8')]).toEqual(['644', `${PAGE}new`]);
  expect(readdirSync(folder.path)).toEqual(['calls.html']);
});

it('writes a file whose name is as long as a name may be', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  const name = `${'x'.repeat(250)}.html`;
  await writeReportFile(join(folder.path, name), PAGE);
  expect(readdirSync(folder.path)).toEqual([name]);
});

it('replaces no other file, no folder and no link, and leaves nothing beside them', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-report-'));
  const at = (name: string) => join(folder.path, name);
  writeFileSync(at('other.html'), `<html>${PAGE}`);
  writeFileSync(at('empty.html'), '');
  mkdirSync(at('folder'));
  await writeReportFile(at('report.html'), PAGE);
  symlinkSync(at('report.html'), at('link.html'));
  for (const name of ['other.html', 'empty.html', 'folder', 'link.html', 'none/report.html']) {
    const refusal = expect.objectContaining({
      code: 'CLI_REPORT_UNWRITABLE',
      message: expect.stringContaining('--html'),
    });
    await expect(checkReportFile(at(name)), name).rejects.toEqual(refusal);
    await expect(writeReportFile(at(name), `${PAGE}new`), name).rejects.toEqual(refusal);
  }
  await checkReportFile(at('report.html'));
  await checkReportFile(at('new.html'));
  expect(readFileSync(at('other.html'), 'utf8')).toBe(`<html>${PAGE}`);
  expect(readdirSync(folder.path).toSorted()).toEqual([
    'empty.html',
    'folder',
    'link.html',
    'other.html',
    'report.html',
  ]);
});
