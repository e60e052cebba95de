import type { CommandContext } from '../commands/command-context.js';
import { secretsOf } from '../options/secrets.js';
import { campaignValues } from './campaign-values.js';
import type { ConfigCampaign } from './config-file.js';
import type { ReadConfig } from './read-config.js';

/** Returns the context for this campaign. Its secrets are read, and guarded. */
export async function contextFrom(
  config: ReadConfig,
  campaign: ConfigCampaign,
  context: CommandContext,
): Promise<CommandContext> {
  const { options, schemes } = config;
  const values = new Map([...config.process, ...(await campaignValues(campaign, context))]);
  context.guard.protect(secretsOf(values, options));
  // No child process, such as that of --alert-command, inherits a secret of any campaign.
  const others = Object.entries(context.variables).filter(([name]) => !config.secretVariables.has(name));
  const ofFile = { file: config.file, name: campaign.name, stronger: context.values };
  return { ...context, values, options, schemes, variables: Object.fromEntries(others), ofFile };
}
