import { CliError } from '../cli-error.js';
import { isExempt } from './no-proxy.js';

/** The sources that may name a proxy. */
export interface ProxySources {
  /** The value of `--proxy`; empty: no proxy, even if the environment names one; null: not given. */
  readonly option: string | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** A proxy for one address. */
export interface Proxy {
  /** The URL with its credentials. */
  readonly url: string;
  /** The credentials in each spelling. No output may show them. */
  readonly secrets: readonly string[];
}

/**
 * Finds the proxy through which an `http` or `https` address is reached, as curl does: `--proxy`, else `HTTPS_PROXY` or
 * `HTTP_PROXY` by the scheme of the address, unless `NO_PROXY` names its host. Names in small letters go first.
 *
 * @returns null for no proxy, and for addresses of other schemes
 * @throws CliError that names the option or variable, never its value
 */
export function proxyFor(address: string, { option, variables }: ProxySources): Proxy | null {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  const scheme = url.protocol.slice(0, -1);
  const [name, value] =
    option === null ? (given(variables, `${scheme}_proxy`) ?? ['', '']) : ['--proxy', option.trim()];
  if (value === '') return null;
  const [, noProxy] = given(variables, 'no_proxy') ?? ['', ''];
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || (scheme === 'https' ? 443 : 80));
  return isExempt({ host, port }, noProxy) ? null : readProxy(value, name);
}

/** Returns the variable in small letters, else the one in capitals. An empty one counts as not set. */
function given(variables: ProxySources['variables'], name: string): readonly [name: string, value: string] | null {
  for (const spelling of [name, name.toUpperCase()]) {
    const value = variables[spelling]?.trim() ?? '';
    if (value !== '') return [spelling, value];
  }
  return null;
}

function readProxy(value: string, name: string): Proxy {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new CliError('CLI_PROXY_INVALID', `${name} takes http://user:password@host:port, or https:// for TLS.`);
  }
  const { username, password } = url;
  const login = [username, password].map((part) => decoded(part, name));
  const written = [username, password].filter((part) => part !== '');
  const secrets =
    written.length === 0 ? [] : [password, login[1] ?? '', Buffer.from(login.join(':')).toString('base64')];
  return { url: url.href, secrets: secrets.filter((part) => part !== '') };
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CliError(
      'CLI_PROXY_INVALID',
      `${name} has credentials with a "%" that begins no escape: write it as %25.`,
    );
  }
}
