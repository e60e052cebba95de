// node bench/verify.ts [--contacts 20000,100000] [--engines sqlite,postgres,mariadb] [--plain]
// Measures dbsync verify and verify --deep on copies of so many contacts, and prints the figures of docs/verifying.md. With
// --plain it leaves --deep out.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { OWN_ENGINES, openEngine } from './bench-engines.ts';
import { COMMAND, measureInit } from './measured-run.ts';
import { cpuSecondsOf, peakMegabytesOf } from './process-usage.ts';
import { startSimulatorProcess } from './simulator-process.ts';

const LOOK_EACH_MS = 50;

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '20000,100000' },
    engines: { type: 'string', default: Object.keys(OWN_ENGINES).join(',') },
    plain: { type: 'boolean', default: false },
  },
});

console.log('| engine | contacts | verify | its CPU | peak memory | verify --deep | its CPU | peak memory |');
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
for (const name of values.engines.split(',')) {
  for (const contacts of values.contacts.split(',').map(Number)) {
    await using engine = await openEngine(name);
    await using simulator = await startSimulatorProcess(contacts);
    await measureInit({ ...simulator, target: engine.target });
    const cells = [];
    for (const way of values.plain ? [[]] : [[], ['--deep']])
      cells.push(...(await measureVerify(simulator, engine.target, way)));
    console.log(`| ${[engine.name, contacts.toLocaleString('en'), ...cells].join(' | ')} |`);
  }
}

/** Runs `verify` by the real command, and returns seconds, CPU seconds of its process, and its peak memory. */
async function measureVerify(
  { apiUrl, campaign, token }: { readonly apiUrl: string; readonly campaign: string; readonly token: string },
  target: string,
  way: readonly string[],
): Promise<readonly string[]> {
  const env = { ...process.env, DBSYNC_TOKEN: token, DBSYNC_API_URL: apiUrl, DBSYNC_URL: target };
  const started = performance.now();
  const argv = [COMMAND, 'verify', ...way, '--campaign', campaign, '--json'];
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  let [peak, cpu] = [0, 0];
  const look = setInterval(() => {
    peak = peakMegabytesOf(child.pid) ?? peak;
    cpu = cpuSecondsOf(child.pid) ?? cpu;
  }, LOOK_EACH_MS);
  const [code] = await once(child, 'exit');
  clearInterval(look);
  if (code !== 0) throw new Error(`verify ended with ${code}`);
  const seconds = (performance.now() - started) / 1000;
  return [`${seconds.toFixed(1)} s`, `${cpu.toFixed(1)} s`, `${Math.round(peak)} MB`];
}
