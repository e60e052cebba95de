import { type CommandOption, GROUPS_OF_RUNS } from '../options/command-option.js';
import { SECRETS_IN_FILES } from '../options/read-values.js';

/** A key of a file of campaigns. It gives the value of an option of the command. */
export interface ConfigKey {
  readonly name: string;
  readonly option: CommandOption;
  /** The value of the key: that of the option, the name of a variable of the environment, or that of a credential of systemd. */
  readonly gives: 'value' | 'variable' | 'credential';
  /** The name that keys share of which one map may have only one, such as `token` and `token-file`. */
  readonly family: string;
}

/** The keys by name. */
export type ConfigKeys = ReadonlyMap<string, ConfigKey>;

/** Options of the whole process: they stand beside `defaults` and `campaigns`. */
const OF_PROCESS: ReadonlySet<string> = new Set([
  'json',
  'metrics-port',
  'metrics-host',
  'metrics-password-file',
  'plugin-dir',
  'shared-requests',
  'shared-connections',
]);

/** Options for one start, which a file would repeat at each start, and options without effect. */
const OF_COMMAND_LINE: ReadonlySet<string> = new Set([
  'config',
  'name',
  'lang',
  'help',
  'version',
  'again',
  'adopt-url',
  'new-state',
  'write-concurrency',
  'profiler',
]);

/** Options that name a file with a secret, where the secret has no option of its own. */
const SECRET_FILES = ['hash-key-file', 'alert-secret-file', 'webhook-secret-file', 'webhook-header-file'] as const;

/** Returns the keys of the whole process. */
export function keysOfProcess(options: readonly CommandOption[]): ConfigKeys {
  return byName(options.filter(({ name }) => OF_PROCESS.has(name)).map(plainKey));
}

/** Returns the keys of a campaign, and of `defaults`. */
export function keysOfCampaigns(options: readonly CommandOption[]): ConfigKeys {
  const ofCampaigns = options.filter(
    ({ name, group }) => GROUPS_OF_RUNS.has(group) && !OF_PROCESS.has(name) && !OF_COMMAND_LINE.has(name),
  );
  return byName(ofCampaigns.flatMap((option) => [plainKey(option), ...otherWays(option)]));
}

/** Returns the family of an option: that of the secret which it holds, or whose file it names. */
export function familyOf(option: string): string {
  return SECRETS_IN_FILES.find(([, fileOption]) => fileOption === option)?.[0] ?? option;
}

function plainKey(option: CommandOption): ConfigKey {
  return { name: option.name, option, gives: 'value', family: familyOf(option.name) };
}

/** Returns the keys `-env` and `-credential` of a secret. */
function otherWays(option: CommandOption): readonly ConfigKey[] {
  const { name } = option;
  const family = familyOf(name);
  if (SECRETS_IN_FILES.some(([secret]) => secret === name)) {
    return [{ name: `${name}-env`, option, gives: 'variable', family }];
  }
  const isFile = SECRETS_IN_FILES.some(([, file]) => file === name) || SECRET_FILES.some((file) => file === name);
  return isFile ? [{ name: name.replace(/-file$/, '-credential'), option, gives: 'credential', family }] : [];
}

function byName(keys: readonly ConfigKey[]): ConfigKeys {
  return new Map(keys.map((key) => [key.name, key]));
}
