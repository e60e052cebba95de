import { setDefaultCACertificates } from 'node:tls';
import { knownAuthorities } from '@dbsync/core/cli-kit';
import { CliError } from '../cli-error.js';
import { proxyFor } from '../options/proxy.js';
import type { CommandContext } from './command-context.js';

/**
 * Returns the proxy to an address, with its credentials, which are guarded from now on; null: none.
 *
 * @throws CliError where the value is no proxy, or Node.js is too old for one
 */
export function proxyTo(address: string, context: CommandContext): string | null {
  const proxy = proxyFor(address, { option: context.values.get('proxy') ?? null, variables: context.variables });
  if (proxy === null) return null;
  context.guard.protect(proxy.secrets);
  refuseOldNode(process.versions.node);
  if (proxy.url.startsWith('https:')) trustTheMachine();
  return proxy.url;
}

/** The first version with built-in proxies. */
const [MAJOR, MINOR] = [24, 5];

function refuseOldNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return;
  throw new CliError('CLI_PROXY_INVALID', `A proxy needs Node.js ${MAJOR}.${MINOR} or newer, and this is ${version}.`);
}

/**
 * Adds the machine's authorities to Node's defaults: Node.js takes those for the certificate of a proxy only from
 * there.
 */
function trustTheMachine(): void {
  setDefaultCACertificates(knownAuthorities());
}
