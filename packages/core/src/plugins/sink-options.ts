import type { OptionValue, SinkManifest, SinkOption } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';

/** The options that a user gave for a sink, in three ways. */
export interface GivenOptions {
  /** The parameters of the URL. */
  readonly parameters: ReadonlyMap<string, string>;
  /** `--<scheme>-<name>` options without the leading dashes, each with its value. */
  readonly schemeOptions: Readonly<Record<string, string>>;
  /** Flags of the command itself that were given, such as `max-custom-fields`, or `foreign-keys` with false. */
  readonly shared: Readonly<Record<string, OptionValue>>;
}

export interface CheckedOptions {
  /** The given options, and defaults for the others. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** The options on which rows depend, as text: `max-custom-fields=100`, in the order of their names. */
  readonly plan: string;
  /** Values that must never be shown. */
  readonly secrets: readonly string[];
}

/**
 * Checks the given options against the manifest.
 *
 * @throws DbsyncError `SINK_OPTION_UNKNOWN` with the known options; `SINK_OPTION_UNSUPPORTED` for a shared flag that
 * this sink does not use; `SINK_OPTION_INVALID` for a value that the option does not take, or two values that
 * contradict each other
 */
export function checkOptions(packageName: string, manifest: SinkManifest, given: GivenOptions): CheckedOptions {
  const texts = [
    ...[...given.parameters].map(([name, text]) => ({ name, text, as: `the URL parameter ${name}` })),
    ...Object.entries(given.schemeOptions).map(([flag, text]) => ({
      name: nameBehindScheme(flag, manifest.schemes),
      text,
      as: `--${flag}`,
    })),
    ...Object.entries(given.shared).map(([name, value]) => ({
      name,
      text: String(value),
      as: `--${name}`,
      shared: true,
    })),
  ];
  const values = new Map<string, { readonly value: OptionValue; readonly as: string }>();
  for (const { name, text, as, ...from } of texts) {
    const [key = '', option] = optionNamed(name, manifest);
    if ('shared' in from && !option?.shared) throw unsupported(packageName, as);
    if (option === undefined) throw unknown(packageName, as, manifest);
    const value = readValue(option, text, as);
    const before = values.get(key);
    if (before && before.value !== value)
      throw invalid(`${before.as} and ${as} contradict each other: give one of them`);
    values.set(key, { value, as });
  }
  return withDefaults(manifest, new Map([...values].map(([name, { value }]) => [name, value])));
}

/**
 * Finds the option of a name in any case, with its words apart or not: `TrustServerCertificate` is
 * `trust-server-certificate`.
 */
function optionNamed(name: string, { options }: SinkManifest): readonly [string?, SinkOption?] {
  const folded = foldedOption(name);
  return Object.entries(options).find(([key]) => foldedOption(key) === folded) ?? [];
}

function foldedOption(name: string): string {
  return name.toLowerCase().replace(/[ +_-]/g, '');
}

/**
 * Returns the option's name. A flag that begins with none of the schemes is returned unchanged, so that it is reported
 * as unknown.
 */
function nameBehindScheme(flag: string, schemes: readonly string[]): string {
  const names = schemes
    .filter((scheme) => flag.startsWith(`${scheme}-`))
    .map((scheme) => flag.slice(scheme.length + 1));
  return names[0] ?? flag;
}

function readValue(option: SinkOption, text: string, as: string): OptionValue {
  const value = READERS[option.type](text.trim());
  if (value === null) throw invalid(`${as} must be ${MUST_BE[option.type]}`);
  if (option.values === undefined || option.values.includes(value as string)) return value;
  const meant = option.values.find((one) => foldedOption(String(one)) === foldedOption(String(value)));
  if (meant === undefined) throw invalid(`${as} must be one of: ${option.values.join(', ')}`);
  return meant;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['', true],
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

const READERS: Readonly<Record<SinkOption['type'], (text: string) => OptionValue | null>> = {
  string: (text) => text,
  number: (text) => (NUMBER.test(text) ? Number(text) : null),
  boolean: (text) => BOOLEANS.get(text.toLowerCase()) ?? null,
};

const MUST_BE: Readonly<Record<SinkOption['type'], string>> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

function withDefaults(manifest: SinkManifest, given: ReadonlyMap<string, OptionValue>): CheckedOptions {
  const values: (readonly [string, OptionValue])[] = [];
  const plan: string[] = [];
  const secrets: string[] = [];
  for (const [name, option] of Object.entries(manifest.options).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const value = given.get(name) ?? option.default;
    if (value === undefined) continue;
    values.push([name, value]);
    if (option.affectsRows) plan.push(`${name}=${value}`);
    if (option.sensitive)
      secrets.push(
        ...String(value)
          .split('\n')
          .filter((line) => line !== ''),
      );
  }
  return { options: Object.fromEntries(values), plan: plan.join(' '), secrets };
}

function unknown(packageName: string, as: string, { schemes, options, ownsQuery }: SinkManifest): DbsyncError {
  const names = Object.keys(options).sort();
  const flags = `--${schemes[0]}-${names[0]} and so on`;
  const ways = ownsQuery ? `given as ${flags}` : `each as a parameter of the URL or as ${flags}`;
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}, ${ways}`;
  return new DbsyncError('SINK_OPTION_UNKNOWN', `${packageName} has no option for ${as}: ${known}.`);
}

function unsupported(packageName: string, as: string): DbsyncError {
  return new DbsyncError('SINK_OPTION_UNSUPPORTED', `${packageName} does not use ${as}: leave it out.`);
}

function invalid(why: string): DbsyncError {
  return new DbsyncError('SINK_OPTION_INVALID', `${why}.`);
}
