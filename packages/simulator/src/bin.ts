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
  --hostile-every N   every so many contacts one is hostile; 0: none (0)
  --activity N        things that happen each second (0)
  --faults FILE|JSON  a list of faults
  --history-end TIME  when the past ends, ISO 8601 (last midnight, UTC)
  --history-days N    how long the past is (30)
  --max-page-size N   most entries a page (1000)
  --no-gzip           answers are never compressed
  --campaign ID       the campaign's id
  --token TOKEN       its token
`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    port: { type: 'string' },
    seed: { type: 'string' },
    contacts: { type: 'string' },
    transactions: { type: 'string' },
    fields: { type: 'string' },
    'inbound-calls': { type: 'string' },
    'hostile-every': { type: 'string' },
    activity: { type: 'string' },
    faults: { type: 'string' },
    'history-end': { type: 'string' },
    'history-days': { type: 'string' },
    'max-page-size': { type: 'string' },
    gzip: { type: 'boolean' },
    campaign: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(HELP);
else await run();

async function run(): Promise<void> {
  const simulator = await startSimulator(simulatorOptions());
  const rate = number('activity');
  if (rate !== undefined && rate > 0) simulator.activity.start(rate);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void simulator.close());
  const { url, campaign, token, historyEndMs } = simulator;
  process.stdout.write(`${JSON.stringify({ url, campaign, token, historyEndMs })}\n`);
}

/** Only what was given: everything else has its default. */
function simulatorOptions(): SimulatorOptions {
  const given = {
    port: number('port'),
    seed: number('seed'),
    contacts: number('contacts'),
    transactions: number('transactions'),
    fields: number('fields'),
    inboundCalls: number('inbound-calls'),
    hostileEvery: number('hostile-every'),
    historyDays: number('history-days'),
    historyEndMs: values['history-end'] === undefined ? undefined : Date.parse(values['history-end']),
    maxPageSize: number('max-page-size'),
    gzip: values.gzip,
    campaign: values.campaign,
    token: values.token,
    faults: values.faults === undefined ? undefined : parseFaults(values.faults),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function number(name: Exclude<keyof typeof values, 'gzip' | 'help'>): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new TypeError(`--${name} takes a number, not "${text}".`);
  return value;
}

function parseFaults(text: string): readonly FaultSpec[] {
  return JSON.parse(text.startsWith('[') ? text : readFileSync(text, 'utf8')) as FaultSpec[];
}
