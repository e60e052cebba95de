import { isFalse } from '../options/checked-values.js';
import type { OptionValues } from '../options/command-option.js';

/** Options that decide what is copied, and where to, except those that are secret. */
const KEPT = [
  'filter-mode',
  'filter-prefix',
  'exclude-fields',
  'hash-fields',
  'hash-key-file',
  'table-prefix',
  'column-types',
  'max-custom-fields',
  'no-foreign-keys',
  'api-url',
  'plugin-dir',
] as const;

/**
 * Writes the `db_init` command that copies all that a run with these options would keep current, to be pasted; secrets
 * are left out.
 */
export function fillCommand(values: OptionValues): string {
  const given = (name: string) => values.get(name);
  const option = (name: string, value: string) => (value === 'true' ? `--${name}` : `--${name} ${quoted(value)}`);
  const tokenFile = given('token-file');
  const urlFile = given('url-file');
  return [
    'dbsync --mode db_init',
    option('campaign', given('campaign') ?? ''),
    tokenFile === undefined ? "--token '***'" : option('token-file', tokenFile),
    urlFile === undefined ? option('url', withoutPassword(given('url') ?? '')) : option('url-file', urlFile),
    ...(isFalse(given('report-indexes')) ? ['--report-indexes false'] : []),
    ...KEPT.flatMap((name) => {
      const value = given(name);
      return value === undefined || value === 'false' ? [] : [option(name, value.replaceAll('\n', ','))];
    }),
  ].join(' ');
}

/** Removes all up to the last `@`, as the address is read, and the parameters, which may hold secrets too. */
function withoutPassword(url: string): string {
  const [address = '', parameters] = url.split('?', 2);
  const shown = address.replace(/^([a-z]+:\/\/[^:@/]*):.*@/i, '$1:***@');
  return parameters === undefined
    ? shown
    : `${shown}?${parameters.replaceAll(/(pass(?:word|wd)?|secret|key)=[^&]*/gi, '$1=***')}`;
}

function quoted(value: string): string {
  return /^[\w./:@=,+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
