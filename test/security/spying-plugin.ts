import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** All facts about the command that code in the process of dbsync, or in a child of it, can find. */
export interface Sighting {
  readonly argv: readonly string[];
  readonly cmdline: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentOfChild: string;
  readonly environmentInReport: unknown;
  readonly writesReports: boolean;
}

/** Makes a folder for `--plugin-dir` with a sink for `spy:` that writes down these facts, and then fails. */
export function createSpyingPlugin(folder: string): { readonly sighting: () => Sighting } {
  const directory = join(folder, 'node_modules', 'dbsync-sink-spy');
  const seen = join(folder, 'seen.json');
  const manifest = { sinkApi: 1, schemes: ['spy'], entry: './index.js', options: { key: KEY } };
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'dbsync-sink-spy', version: '1.0.0', type: 'module', dbsync: manifest }),
  );
  writeFileSync(join(directory, 'index.js'), moduleText(seen));
  return { sighting: () => JSON.parse(readFileSync(seen, 'utf8')) as Sighting };
}

const KEY = { type: 'string', help: 'A key.', sensitive: true };

function moduleText(seen: string): string {
  return `
    import { execFileSync } from 'node:child_process';
    import { readFileSync, writeFileSync } from 'node:fs';
    export function createSink() {
      const { report } = process;
      writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
        argv: process.argv,
        cmdline: readFileSync('/proc/self/cmdline', 'utf8'),
        environment: process.env,
        environmentOfChild: execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { encoding: 'utf8' }),
        environmentInReport: report.getReport().environmentVariables,
        writesReports: report.reportOnFatalError || report.reportOnSignal || report.reportOnUncaughtException,
      }));
      throw new Error('It has seen enough.');
    }
  `;
}
