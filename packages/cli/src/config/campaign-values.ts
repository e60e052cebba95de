import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import type { OptionValues } from '../options/command-option.js';
import type { Variables } from '../options/invocation.js';
import { readValues } from '../options/read-values.js';
import type { ConfigCampaign } from './config-file.js';
import { familyOf } from './config-keys.js';
import type { ConfigLayer, GivenKey } from './config-layer.js';

/** The input that is stronger than a file of campaigns, and the source of its secrets. */
export interface StrongerInput {
  /** The options of the command line and of the environment. */
  readonly values: OptionValues;
  readonly variables: Variables;
}

/** Options that choose among campaigns of a file, or belong to the call. They replace no key of a campaign. */
const OF_THE_CALL: ReadonlySet<string> = new Set(['campaign', 'config']);

/**
 * Returns the options of one campaign: those of the command line and the environment, then those of the file. Reads the
 * files of its secrets.
 *
 * @throws CliError that names the key: `CLI_CONFIG_SECRET`, `CLI_FILE_UNREADABLE`
 */
export async function campaignValues(
  { layer }: Pick<ConfigCampaign, 'layer'>,
  { values, variables }: StrongerInput,
): Promise<OptionValues> {
  const stronger = new Map([...values].filter(([name]) => !OF_THE_CALL.has(name)));
  const replaced = new Set([...stronger.keys()].map(familyOf));
  const weaker = [...layer.values()].filter(({ key }) => !replaced.has(key.family));
  const ofFile = new Map(weaker.map((given) => [given.key.option.name, optionText(given, variables)] as const));
  return new Map([...(await readValues(ofFile, new Map())), ...stronger]);
}

/** Returns the names of options that hold in place of keys of these layers. */
export function overriddenNames(layers: readonly ConfigLayer[], values: OptionValues): readonly string[] {
  const names = [...values.keys()].filter((name) => !OF_THE_CALL.has(name));
  const found = names.filter((name) => layers.some((layer) => layer.has(familyOf(name))));
  // A secret that was read from its file is there as an option too.
  return found.filter((name) => !values.has(`${name}-file`));
}

function optionText({ key, text }: GivenKey, variables: Variables): string {
  switch (key.gives) {
    case 'value':
      return text;
    case 'variable':
      return variableOf(key.name, text, variables);
    case 'credential':
      return credentialOf(key.name, text, variables);
  }
}

/** Returns the value, and takes the variable out of `process.env`: no child process inherits it. */
function variableOf(key: string, name: string, variables: Variables): string {
  const value = variables[name]?.trim();
  if (value === undefined || value === '') {
    throw new CliError('CLI_CONFIG_SECRET', `${key}: the environment has no variable of the given name.`);
  }
  delete process.env[name];
  return value;
}

/** Returns the file of a credential of systemd. */
function credentialOf(key: string, name: string, { CREDENTIALS_DIRECTORY: folder }: Variables): string {
  if (!/^[\w.@-]{1,255}$/.test(name)) {
    throw new CliError('CLI_CONFIG_SECRET', `${key} takes the name of a credential: letters, digits, and _ . @ -.`);
  }
  if (folder === undefined || folder === '') {
    const message = `${key}: there are no credentials, since CREDENTIALS_DIRECTORY is not set: dbsync was not started by systemd with LoadCredential.`;
    throw new CliError('CLI_CONFIG_SECRET', message);
  }
  return join(folder, name);
}
