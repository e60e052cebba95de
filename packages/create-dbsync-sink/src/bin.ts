import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { askForOptions } from './ask-for-options.js';
import { newSinkOf, UnusableOption } from './new-sink.js';
import { writeSink } from './write-sink.js';

const HELP = `Writes a new sink for dbsync into a folder of its own.

  npm create dbsync-sink -- [--kind store|endpoint] [--name NAME] [--scheme SCHEME]

  --kind    store: a target with transactions, such as a database; endpoint: one without, such as a web service
  --name    the name of the package; redis stands for dbsync-sink-redis
  --scheme  the first word of the URLs that the sink serves

It asks for each option that is not given.
`;

/** Exit codes are those of dbsync: 2 for an option that cannot be used. */
const BAD_INPUT = 2;

async function main(): Promise<void> {
  const { help, ...given } = readOptions();
  if (help === true) {
    process.stdout.write(HELP);
    return;
  }
  const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : null;
  try {
    const sink = newSinkOf(await askForOptions({ given, terminal }));
    writeSink(join(process.cwd(), sink.folder), sink, ownVersion());
    console.log(`Wrote ${sink.packageName}. Go on with:\n\n  cd ${sink.folder}\n  npm install\n  npm test\n`);
  } finally {
    terminal?.close();
  }
}

function readOptions() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ options: { kind: text, name: text, scheme: text, help: { type: 'boolean', short: 'h' } } })
      .values;
  } catch (error) {
    throw new UnusableOption(error instanceof Error ? error.message : String(error));
  }
}

/** All packages of dbsync are released under one version. */
function ownVersion(): string {
  return String(JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')).version);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UnusableOption)) throw error;
  console.error(error.message);
  process.exitCode = BAD_INPUT;
}
