import { decoded } from '@dbsync/core/cli-kit';
import type { CommandOption, OptionValues } from './command-option.js';

/** Matches parameters of a URL that hold a secret, by any sink's name. */
const SECRET_PARAMETER = /pass|pwd|secret|token|key|auth/i;

/**
 * Returns all that no output may show: values of sensitive options, and the secret parts of addresses, as written and
 * decoded.
 */
export function secretsOf(values: OptionValues, options: readonly CommandOption[]): ReadonlySet<string> {
  const secrets = new Set<string>();
  for (const { name, sensitive } of options) {
    const value = values.get(name)?.trim();
    if (value === undefined) continue;
    if (sensitive === true && name !== 'url') secrets.add(value);
    for (const part of /url$|^proxy$/.test(name) ? secretPartsOfUrl(value) : []) secrets.add(part).add(decoded(part));
  }
  secrets.delete('');
  return secrets;
}

/**
 * Yields the password up to the last `@` of the whole address, since existing ones hold unescaped `/`, `?` and `#`, and
 * up to the last one of its authority, since parameters may hold an `@` as well.
 */
function* secretPartsOfUrl(url: string): Generator<string> {
  const [, rest = ''] = /^[a-z][a-z0-9+.-]*:\/\/(.*)$/is.exec(url) ?? [];
  const [authority = ''] = rest.split(/[/?#]/, 1);
  for (const part of [rest, authority]) {
    const [, password = ''] = /^[^:]*?:(.*)@/s.exec(part) ?? [];
    yield password;
  }
  const [, ...query] = url.split('?');
  for (const parameter of query.join('?').split('&')) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(parameter) ?? [];
    if (SECRET_PARAMETER.test(name)) yield value;
  }
}
