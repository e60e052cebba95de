import { quotedForShell } from '@dbsync/core/cli-kit';
import { isFalse } from '../options/checked-values.js';
import type { OptionValues } from '../options/command-option.js';
import type { CommandContext } from './command-context.js';

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
 * are left out. For a campaign of a file it names the file, and the options that hold in place of the file's.
 */
export function fillCommand({ values, ofFile }: Pick<CommandContext, 'values' | 'ofFile'>): string {
  if (ofFile !== undefined) {
    const { file, name, stronger } = ofFile;
    const campaign = `dbsync run --config ${quotedForShell(file)} --campaign ${quotedForShell(name)} --mode db_init`;
    return [campaign, ...secretsOf(stronger), ...keptOf(stronger)].join(' ');
  }
  const least = new Map([['token', ''], ['url', ''], ...values]);
  return [
    'dbsync --mode db_init',
    option('campaign', values.get('campaign') ?? ''),
    ...secretsOf(least),
    ...keptOf(values),
  ].join(' ');
}

/** Returns the options that name the token and the target, where they are given. */
function secretsOf(given: OptionValues): readonly string[] {
  const [tokenFile, urlFile, url] = ['token-file', 'url-file', 'url'].map((name) => given.get(name));
  return [
    ...(tokenFile !== undefined ? [option('token-file', tokenFile)] : given.has('token') ? ["--token '***'"] : []),
    ...(urlFile !== undefined
      ? [option('url-file', urlFile)]
      : url !== undefined
        ? [option('url', withoutPassword(url))]
        : []),
  ];
}

function keptOf(given: OptionValues): readonly string[] {
  return [
    ...(isFalse(given.get('report-indexes')) ? ['--report-indexes false'] : []),
    ...KEPT.flatMap((name) => {
      const value = given.get(name);
      return value === undefined || value === 'false' ? [] : [option(name, value.replaceAll('\n', ','))];
    }),
  ];
}

function option(name: string, value: string): string {
  return value === 'true' ? `--${name}` : `--${name} ${quoted(value)}`;
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
