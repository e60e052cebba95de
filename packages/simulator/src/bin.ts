import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { FaultSpec } from './faults/fault-spec.js';
import { startSimulator } from './simulator.js';
import type { SimulatorOptions } from './simulator-options.js';

const HELP = `dbsync-simulator: a Dialfire campaign API for tests and demos. It prints a line of JSON with its url when it listens.

  --port N            0: any free port (default)
  --seed N            the same seed and sizes make the same campaign (1)
  --contacts N        contacts (1000)
  --transactions N    mean number of transactions a contact (2.5)
  --fields N          custom fields (10)
  --inbound-calls N   inbound calls (a twentieth of the contacts)
  --hostile-every N   one contact of N is hostile; 0: none (0)
  --activity N        things that happen each second (0)
  --faults FILE|JSON  a list of faults
  --history-end TIME  when the past ends, ISO 8601 (last midnight, UTC)
  --history-days N    how long the past is (30)
  --max-page-size N   most entries a page (1000)
  --no-gzip           answers are never compressed
  --campaign ID       the campaign's id
  --token TOKEN       its token
`;

try {
  await run();
} catch (error) {
  process.stderr.write(`dbsync-simulator: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const flags = parseFlags();
  if (flags.help) {
    process.stdout.write(HELP);
    return;
  }
  const simulator = await startSimulator(simulatorOptions(flags));
  const rate = number('activity', flags);
  if (rate !== undefined && rate > 0) simulator.activity.start(rate);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
  const { url, campaign, historyEndMs } = simulator;
  process.stdout.write(`${JSON.stringify({ url, campaign, historyEndMs })}\n`);
}

type Flags = ReturnType<typeof parseFlags>;

function parseFlags() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: text,
      seed: text,
      contacts: text,
      transactions: text,
      fields: text,
      'inbound-calls': text,
      'hostile-every': text,
      activity: text,
      faults: text,
      'history-end': text,
      'history-days': text,
      'max-page-size': text,
      gzip: { type: 'boolean' },
      campaign: text,
      token: text,
      help: { type: 'boolean' },
    },
  });
  return values;
}

/** Returns only the given options: everything else has its default. */
function simulatorOptions(flags: Flags): SimulatorOptions {
  const given = {
    port: number('port', flags),
    seed: number('seed', flags),
    contacts: number('contacts', flags),
    transactions: number('transactions', flags),
    fields: number('fields', flags),
    inboundCalls: number('inbound-calls', flags),
    hostileEvery: number('hostile-every', flags),
    historyDays: number('history-days', flags),
    historyEndMs: flags['history-end'] === undefined ? undefined : Date.parse(flags['history-end']),
    maxPageSize: number('max-page-size', flags),
    gzip: flags.gzip,
    campaign: flags.campaign,
    token: flags.token,
    faults: flags.faults === undefined ? undefined : parseFaults(flags.faults),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function number(name: Exclude<keyof Flags, 'gzip' | 'help'>, flags: Flags): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !(value >= 0)) throw new TypeError(`--${name} takes a number, not "${text}".`);
  return value;
}

function parseFaults(text: string): readonly FaultSpec[] {
  return JSON.parse(text.startsWith('[') ? text : readFileSync(text, 'utf8')) as FaultSpec[];
}
