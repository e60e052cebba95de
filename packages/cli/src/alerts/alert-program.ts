import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Clock } from '@dbsync/core';
import { withDeadline } from '@dbsync/core/cli-kit';
import type { AlertChannel } from './alert.js';
import { type AlertSubject, alertBody } from './alert-post.js';

const DEADLINE_MS = 30_000;

/**
 * Creates the channel that runs a program for each alert, without a shell and without arguments: nothing of an alert is ever
 * part of a command line. The alert stands in the environment, and as JSON on stdin. Options of dbsync are left out of the
 * environment, since the token may be among them.
 */
export function createAlertProgram(
  program: string,
  subject: AlertSubject,
  variables: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): AlertChannel {
  const inherited = Object.fromEntries(Object.entries(variables).filter(([name]) => !/^DBSYNC_/i.test(name)));
  return {
    option: 'alert-command',
    async send(alert, signal) {
      const env = {
        ...inherited,
        DBSYNC_ALERT_KIND: alert.kind,
        DBSYNC_ALERT_CODE: alert.code ?? '',
        DBSYNC_ALERT_TEXT: withoutZeros(alert.text),
        DBSYNC_ALERT_CAMPAIGN: subject.campaign,
      };
      const body = alertBody(alert, subject, clock.now());
      await withDeadline(clock, DEADLINE_MS, signal, ({ signal: ends }) => runToEnd(program, env, body, ends));
    },
    close: () => {},
  };
}

async function runToEnd(program: string, env: NodeJS.ProcessEnv, input: string, signal: AbortSignal): Promise<void> {
  const child = spawn(program, [], { env, shell: false, stdio: ['pipe', 'ignore', 'ignore'], windowsHide: true });
  // Listens before anything can throw: the error event of a program that cannot start would end the process.
  const closed = once(child, 'close');
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  // A process without free file descriptors gets a child without pipes.
  const stdin: Writable | undefined = child.stdin;
  stdin?.on('error', ignoreClosedInput);
  stdin?.end(input);
  try {
    const [code, killedBy] = await closed;
    signal.throwIfAborted();
    if (code !== 0)
      throw new Error(code === null ? `the program was ended by ${killedBy}` : `the program ended with ${code}`);
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** No variable of the environment can hold one. */
function withoutZeros(text: string): string {
  return text.replaceAll('\0', '');
}

/** Ignores the error of a program that does not read its input. */
function ignoreClosedInput(): void {}
