import type { OptionValue, SinkTarget } from '@dbsync/core/contract';

/** What core would hand to the MySQL sink for that address. */
export function mysqlTarget(url: string, options: Readonly<Record<string, OptionValue>> = {}): SinkTarget {
  const { protocol, username, password, hostname, port, pathname, searchParams } = new URL(url);
  return {
    address: {
      scheme: protocol.slice(0, -1),
      user: username === '' ? null : decodeURIComponent(username),
      password: password === '' ? null : decodeURIComponent(password),
      host: decodeURIComponent(hostname),
      port: port === '' ? null : Number(port),
      path: decodeURIComponent(pathname.slice(1)),
    },
    options: { ...Object.fromEntries(searchParams), ...options },
    notify: () => {},
  };
}
