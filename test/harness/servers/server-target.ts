import type { OptionValue, SinkTarget } from '@dbsync/core/contract';

/** Returns the target that core would pass to the sink of a database server for that address. */
export function serverTarget(url: string, options: Readonly<Record<string, OptionValue>> = {}): SinkTarget {
  const { protocol, username, password, hostname, port, pathname, searchParams } = new URL(url);
  const [user, secret] = [username, password].map((text) => (text === '' ? null : decodeURIComponent(text)));
  const parameters = [...searchParams].map(([name, text]) => [name, BOOLEANS.get(text) ?? text] as const);
  return {
    address: {
      scheme: protocol.slice(0, -1),
      user: user ?? null,
      password: secret ?? null,
      ...((user ?? '') + (secret ?? '') !== username + password && { written: { user: username, password } }),
      host: decodeURIComponent(hostname),
      port: port === '' ? null : Number(port),
      path: decodeURIComponent(pathname.slice(1)),
    },
    options: { ...Object.fromEntries(parameters), ...options },
    notify: () => {},
  };
}

const BOOLEANS: ReadonlyMap<string, OptionValue> = new Map([
  ['true', true],
  ['false', false],
]);
