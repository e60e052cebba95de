import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Variables } from '../options/invocation.js';

/**
 * Sends reports by `systemd-notify`, a program of systemd itself: Node.js has no datagram sockets of the system, and systemd takes
 * nothing else. The program waits until systemd has read the report, so that systemd knows which unit it is from.
 */
export function sendByNotifyProgram(variables: Variables) {
  return async (assignments: readonly string[]): Promise<void> => {
    const { NOTIFY_SOCKET, PATH } = variables;
    const child = spawn('systemd-notify', assignments, {
      env: { NOTIFY_SOCKET, PATH },
      stdio: 'ignore',
      timeout: DEADLINE_MS,
    });
    const [code, killedBy] = await once(child, 'close');
    if (code !== 0) throw Object.assign(new Error('systemd-notify failed'), { code: killedBy ?? `exit code ${code}` });
  };
}

const DEADLINE_MS = 30_000;
