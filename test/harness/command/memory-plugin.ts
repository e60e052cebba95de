import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for `--plugin-dir` with a sink for `memory://`, which can be made to fail. */
export interface MemoryPlugin extends Disposable {
  readonly folder: string;
  /** True where a process has loaded its code. */
  wasImported(): boolean;
}

const MANIFEST = {
  sinkApi: 1,
  schemes: ['memory'],
  entry: './index.js',
  options: {
    'table-prefix': { type: 'string', help: 'Has no effect.', default: 'mcall_', shared: true },
    key: { type: 'string', help: 'A key that no output may show.', sensitive: true },
    fail: {
      type: 'string',
      help: 'Where it fails.',
      values: ['no', 'create', 'open', 'write-never-ends', 'long-notice'],
      default: 'no',
    },
  },
};

export function createMemoryPlugin(): MemoryPlugin {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-plugins-'));
  const directory = join(folder, 'node_modules', 'dbsync-sink-memory');
  const marker = join(folder, 'imported');
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'package.json'),
    JSON.stringify({ name: 'dbsync-sink-memory', version: '1.0.0', type: 'module', dbsync: MANIFEST }),
  );
  writeFileSync(join(directory, 'index.js'), moduleText(marker));
  return {
    folder,
    wasImported: () => existsSync(marker),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** Returns the code of the plugin. Its errors quote their input, as those of some drivers do. */
function moduleText(marker: string): string {
  return `
import { writeFileSync } from 'node:fs';
import { SinkError } from '${import.meta.resolve('@dbsync/core/contract')}';
import { createMemoryStore, createMemoryTarget } from '${import.meta.resolve('@dbsync/testkit')}';

writeFileSync(${JSON.stringify(marker)}, '');

export const errorCodes = {
  MEMORY_CLOSED: { what: 'It is closed.', normal: null, remedy: 'Open it.', exit: 3 },
};

export function createSink({ address, options, notify }) {
  const given = encodeURIComponent(address.password) + ' ' + JSON.stringify(options.key);
  const fatal = (code) => new SinkError(code, 'The memory refuses ' + given, { verdict: 'fatal', outcome: 'not-committed' });
  if (options.fail === 'create') throw fatal('MEMORY_URL');
  const store = createMemoryStore(createMemoryTarget());
  const tell = (code, message) => notify({ level: 'warn', code, message });
  if (options.fail === 'long-notice') tell('MEMORY_LONG', 'x'.repeat(1_000_000));
  if (options.fail === 'open') return { ...store, open: async () => { throw fatal('MEMORY_CLOSED'); } };
  if (options.fail === 'write-never-ends') {
    return { ...store, write: () => { console.log('it writes'); return new Promise(() => setInterval(() => {}, 1000)); } };
  }
  return store;
}
`;
}
