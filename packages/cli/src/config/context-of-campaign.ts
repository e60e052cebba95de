import { CliError } from '../cli-error.js';
import type { CommandContext } from '../commands/command-context.js';
import { secretsOf } from '../options/secrets.js';
import { campaignValues } from './campaign-values.js';
import { chosenCampaigns } from './choose-campaign.js';
import type { ConfigCampaign } from './config-file.js';
import { type ReadConfig, readConfig, refuseProblems } from './read-config.js';

/**
 * Returns the context of a command for one campaign of the file of `--config`: that which `--campaign` names, or the only one.
 *
 * @throws CliError where the file has errors, or none or several of its campaigns are meant
 */
export async function contextOfCampaign(context: CommandContext): Promise<CommandContext> {
  const config = await readConfig(context.values.get('config') ?? '', context);
  refuseProblems(config);
  const [campaign, ...others] = chosenCampaigns(config.campaigns, context.values.get('campaign'));
  if (campaign === undefined || others.length > 0) {
    const names = config.campaigns.map(({ name }) => name).join(', ');
    throw new CliError('CLI_OPTION_MISSING', `Which campaign? Give --campaign with one of: ${names}.`);
  }
  return contextFrom(config, campaign, context);
}

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
  return { ...context, values, options, schemes, variables: Object.fromEntries(others) };
}
