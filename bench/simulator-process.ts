import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const COMMAND = join(import.meta.dirname, '..', 'packages', 'simulator', 'bin', 'dbsync-simulator.js');

export interface SimulatorProcess extends AsyncDisposable {
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
}

/**
 * Starts the upstream in its own process. On the loopback compressed answers would save nothing.
 * @param seed another one has other contacts, in another campaign
 */
export async function startSimulatorProcess(contacts: number, seed = 1): Promise<SimulatorProcess> {
  const token = 'bench-token';
  const campaignId = `CAMPAIGN${String(seed).padStart(8, '0')}`;
  const size = ['--contacts', String(contacts), '--seed', String(seed)];
  const argv = [COMMAND, ...size, '--campaign', campaignId, '--token', token, '--no-gzip'];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url, campaign } = JSON.parse(line);
  return {
    apiUrl: url,
    campaign,
    token,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}
