import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { quotedForShell } from '@dbsync/core/cli-kit';
import type { Tell } from './doctor-finding.js';

/** Returns the addresses of a host. Throws an error whose `code` names the reason. */
export type HostLookup = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/** A name server that works answers within a second or two. */
const LIMIT_MS = 6_000;

/** The child prints the addresses, or the code of the error. */
const SCRIPT = `require('node:dns').lookup(process.argv[1], { all: true }, (error, found) => {
  console.log(JSON.stringify(error === null ? { found: found.map(({ address }) => address) } : { code: error.code }));
});`;

/**
 * Looks the host up in a process of its own, as the drivers do it: a lookup that hangs cannot be ended, and would keep
 * this process from ending.
 */
export const lookUpHost: HostLookup = (host, signal) =>
  isIP(host) === 0 ? askChild(['-e', SCRIPT, '--', host], LIMIT_MS, signal) : Promise.resolve([host]);

/** Runs Node.js with these arguments, and kills it after this number of milliseconds. */
export async function askChild(
  argv: readonly string[],
  timeout: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const options = { env, timeout, killSignal: 'SIGKILL', signal } as const;
  const { stdout } = await promisify(execFile)(process.execPath, argv, options).catch((error: unknown) => {
    signal.throwIfAborted();
    throw Object(error).killed === true ? failure(HANGING) : error;
  });
  const { found, code }: { found?: readonly string[]; code?: string } = JSON.parse(stdout);
  if (found === undefined) throw failure(code ?? 'unknown');
  return found;
}

const HANGING = 'no answer';

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** True for the error of a lookup that was given up. */
export function isLookupHanging(error: unknown): boolean {
  return codeOf(error) === HANGING;
}

/** Returns the finding about a host whose lookup failed. */
export function noAddress(host: string, error: unknown): Parameters<Tell>[0] {
  const what = isLookupHanging(error)
    ? `The name server does not answer for ${host}`
    : `No address is known for ${host} (${codeOf(error)})`;
  return { check: 'dns', level: 'fail', what, remedy: `getent hosts ${quotedForShell(host)}; cat /etc/resolv.conf` };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
