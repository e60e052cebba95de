import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes texts into files of a new folder; returns their paths by name. */
export function writeFiles<Name extends string>(texts: Readonly<Record<Name, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-nats-files-'));
  const entries = Object.entries<string>(texts).map(([name, text]) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, text, { mode: 0o600 });
    return [name, path];
  });
  return {
    paths: Object.fromEntries(entries) as Readonly<Record<Name, string>>,
    remove: async () => rmSync(folder, { recursive: true }),
  };
}
