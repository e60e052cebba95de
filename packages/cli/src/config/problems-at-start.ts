import { CliError } from '../cli-error.js';
import type { CommandContext } from '../commands/command-context.js';
import { asEndpoint, asStore, loadTarget } from '../commands/load-target.js';
import { readFieldRules } from '../commands/read-field-rules.js';
import { failureOf } from '../exit-code.js';
import { readAuthorities } from '../options/api-ca.js';
import { runOptions } from '../options/run-options.js';
import { contextFrom } from './campaign-context.js';
import type { ConfigCampaign } from './config-file.js';
import { familyOf } from './config-keys.js';
import { type ConfigProblem, inOrder } from './config-problem.js';
import type { ReadConfig } from './read-config.js';
import { asKeys } from './value-problems.js';

/**
 * Finds the errors that each campaign of a file without errors would meet at its start, before it connects to anything: files
 * and variables of secrets, the URL, the installed sinks and their options.
 */
export async function problemsAtStart(config: ReadConfig, context: CommandContext): Promise<readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  for (const campaign of config.campaigns) {
    const problem = await problemOf(config, campaign, context);
    if (problem !== null) problems.push(problem);
  }
  return inOrder(problems);
}

/** Returns the first error of a start: a later one mostly follows from it. */
async function problemOf(
  config: ReadConfig,
  campaign: ConfigCampaign,
  context: CommandContext,
): Promise<ConfigProblem | null> {
  try {
    const own = await contextFrom(config, campaign, context);
    const options = runOptions(own.values);
    const sink = await loadTarget(options.target, own, ignoreNotice, { onlyLooks: true });
    if (options.mode === 'webhook') asEndpoint(sink);
    else asStore(sink);
    await readFieldRules(options.fieldSelection, own);
    await readAuthorities(options.apiCa);
    return null;
  } catch (error) {
    const { code, message, remedy } = failureOf(error, context.codes);
    const at = keyOf(campaign, error) ?? campaign;
    return { position: at.position, key: at.path, code, message: asKeys(message), remedy };
  }
}

/** Returns the key that the message names: as an option, or by its own name at the beginning. */
function keyOf({ layer }: ConfigCampaign, error: unknown) {
  const message = error instanceof Error ? error.message : '';
  const given = [...layer.values()];
  const byName = given.find(({ key }) => message.startsWith(`${key.name}:`) || message.includes(`--${key.name}`));
  const isOfUrl = !(error instanceof CliError) || error.code === 'CLI_SINK_UNFIT';
  return byName ?? (isOfUrl ? layer.get(familyOf('url')) : undefined);
}

/** Ignores a notice: the start reports it. */
function ignoreNotice(): void {}
