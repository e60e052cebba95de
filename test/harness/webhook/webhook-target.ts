import type { Message, OptionValue, SinkNotice, SinkTarget } from '@dbsync/core/contract';

/** Splits a URL as core does for a sink that owns its query, with the defaults of the manifest as options. */
export function webhookTarget(
  url: string,
  options: Readonly<Record<string, OptionValue>> = {},
  notify: (notice: SinkNotice) => void = () => {},
): SinkTarget {
  const { protocol, username, password, hostname, port, pathname, search } = new URL(url);
  return {
    address: {
      scheme: protocol.slice(0, -1),
      user: username === '' ? null : decodeURIComponent(username),
      password: password === '' ? null : decodeURIComponent(password),
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? null : Number(port),
      path: pathname.slice(1),
      ...(search !== '' && { query: search.slice(1) }),
    },
    options: { timeout: 30, 'allow-link-local': false, http2: true, ...options },
    notify,
  };
}

/** A message that passes the schema. */
export function message(id: string, parts: Partial<Message> = {}): Message {
  return {
    id,
    contactId: 'C1',
    attempt: 1,
    contact: { $id: 'C1', $ref: 'r' },
    transaction: { fired: '2026-03-02T09:00:00.000Z', connections: [] },
    state: 'new',
    ...parts,
  };
}
