import { CliError } from '../cli-error.js';
import type { CommandContext } from '../commands/command-context.js';
import { contextFrom } from './campaign-context.js';
import { chosenCampaigns } from './choose-campaign.js';
import { readConfig, refuseProblems } from './read-config.js';

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
  const connectionsTo = async (server: string) => {
    // Only a command that opens the target to check it asks.
    const { connectionsOfFile } = await import('./needed-connections.js');
    return (await connectionsOfFile(config, context)).find((needed) => needed.server === server)?.most;
  };
  return { ...(await contextFrom(config, campaign, context)), connectionsTo };
}
