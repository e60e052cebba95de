import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces the file as a whole: its readers never read half of it. */
export function replaceFile(path: string, contents: string | Uint8Array, mode: number): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, contents, { mode, flag: 'wx' });
  chmodSync(draft, mode);
  renameSync(draft, path);
}
