import { SINK_API, type SinkManifest, type SinkOption } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';

/**
 * Reads the `dbsync` block of a plugin's package.json, and accepts it only if every key has a valid value.
 *
 * @throws DbsyncError `PLUGIN_API_MISMATCH` for another version of the contract, `PLUGIN_MANIFEST_INVALID` for all
 * other faults; both name the package and the key
 */
export function parseManifest(packageName: string, block: unknown): SinkManifest {
  if (!isObject(block)) throw invalid(packageName, 'dbsync', 'must be an object');
  checkVersion(packageName, block.sinkApi);
  checkKeys(packageName, 'dbsync', block, MANIFEST_KEYS);
  const { options = {}, ...manifest } = block as unknown as SinkManifest;
  for (const [name, option] of Object.entries(options)) {
    const key = `dbsync.options.${name}`;
    if (!OPTION_NAME.test(name))
      throw invalid(packageName, key, 'must be named in small letters, digits, dashes and underscores');
    if (!isObject(option)) throw invalid(packageName, key, 'must be an object');
    checkKeys(packageName, key, option, OPTION_KEYS);
  }
  return { ...manifest, options };
}

const OPTION_NAME = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;

type Unchecked = Readonly<Record<string, unknown>>;

interface KeyRule {
  readonly must: string;
  readonly optional?: true;
  holds(value: unknown, whole: Unchecked): boolean;
}

const FLAG: KeyRule = { must: 'must be true or false', optional: true, holds: (value) => typeof value === 'boolean' };

const MANIFEST_KEYS: Readonly<Record<keyof SinkManifest, KeyRule>> = {
  sinkApi: { must: `must be ${SINK_API}`, holds: (value) => value === SINK_API },
  schemes: {
    must: 'must be a list of URL schemes in small letters, each once, such as ["redis"]',
    holds: (value) =>
      isListOf(value, (item) => typeof item === 'string' && SCHEME.test(item)) && new Set(value).size === value.length,
  },
  entry: {
    must: 'must be the path of a module inside of the package, such as "./dist/index.js"',
    holds: (value) => typeof value === 'string' && value.startsWith('./') && !value.split(/[/\\]/).includes('..'),
  },
  options: { must: 'must be an object', optional: true, holds: isObject },
  ownsQuery: FLAG,
  example: {
    must: 'must be an address that begins with one of its schemes',
    optional: true,
    holds: (value, { schemes }) =>
      typeof value === 'string' && Array.isArray(schemes) && schemes.some((scheme) => value.startsWith(`${scheme}:`)),
  },
  languages: {
    must: 'must be a list of folders inside of the package, such as ["./languages"], and of names of packages',
    optional: true,
    holds: (value) =>
      isListOf(value, (item) => typeof item === 'string' && (LANGUAGES_FOLDER.test(item) || PACKAGE_NAME.test(item))),
  },
};

const LANGUAGES_FOLDER = /^\.(?:\/[\w-][\w.-]*)+$/;
const PACKAGE_NAME = /^(?:@[a-z\d][\w.-]*\/)?[a-z\d][\w.-]*$/;

const OPTION_KEYS: Readonly<Record<keyof SinkOption, KeyRule>> = {
  type: {
    must: 'must be "string", "number" or "boolean"',
    holds: (value) => value === 'string' || value === 'number' || value === 'boolean',
  },
  help: { must: 'must be a sentence', holds: (value) => typeof value === 'string' && value.trim() !== '' },
  values: {
    must: 'must be a list of values of its type. An option of the type "boolean" has no list',
    optional: true,
    holds: (values, { type }) => type !== 'boolean' && isListOf(values, (value) => isOfType(value, type)),
  },
  default: {
    must: 'must have its type, and must be one of its values if it lists values',
    optional: true,
    holds: (value, { type, values }) => isOfType(value, type) && (!Array.isArray(values) || values.includes(value)),
  },
  sensitive: FLAG,
  isSecretFile: FLAG,
  shared: FLAG,
  affectsRows: {
    must: 'must be true or false. It cannot be true for a sensitive option, because dbsync shows the options that rows depend on',
    optional: true,
    holds: (value, { sensitive }) => typeof value === 'boolean' && !(value && sensitive === true),
  },
};

function checkVersion(packageName: string, sinkApi: unknown): void {
  if (!Number.isInteger(sinkApi) || sinkApi === SINK_API) return;
  throw new DbsyncError(
    'PLUGIN_API_MISMATCH',
    `The plugin ${packageName} was written for version ${sinkApi} of the sink contract ("dbsync.sinkApi" in its ` +
      `package.json), this dbsync has version ${SINK_API}. Upgrade ${Number(sinkApi) > SINK_API ? 'dbsync' : 'the plugin'}.`,
  );
}

function checkKeys(
  packageName: string,
  path: string,
  whole: Unchecked,
  rules: Readonly<Record<string, KeyRule>>,
): void {
  for (const name of Object.keys(whole)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules).join(', ');
      throw invalid(packageName, `${path}.${name}`, `is no key of this contract, which knows ${known}`);
    }
  }
  for (const [name, { must, optional, holds }] of Object.entries(rules)) {
    const value = whole[name];
    if (value === undefined ? !optional : !holds(value, whole)) throw invalid(packageName, `${path}.${name}`, must);
  }
}

function invalid(packageName: string, key: string, must: string): DbsyncError {
  return new DbsyncError(
    'PLUGIN_MANIFEST_INVALID',
    `The plugin ${packageName} cannot be used: "${key}" in its package.json ${must}.`,
  );
}

function isObject(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, is: (item: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}

function isOfType(value: unknown, type: unknown): boolean {
  return typeof value === type && (typeof value !== 'number' || Number.isFinite(value));
}
