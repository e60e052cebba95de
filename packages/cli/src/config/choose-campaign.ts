import { CliError } from '../cli-error.js';
import type { ConfigCampaign } from './config-file.js';

/**
 * Returns the campaigns with this name; where none has it, those with this id. All where no name is given.
 *
 * @throws CliError `CLI_OPTION_VALUE`
 */
export function chosenCampaigns(
  campaigns: readonly ConfigCampaign[],
  wanted: string | undefined,
): readonly ConfigCampaign[] {
  if (wanted === undefined) return campaigns;
  const named = campaigns.filter(({ name }) => name === wanted);
  const found = named.length > 0 ? named : campaigns.filter(({ layer }) => layer.get('campaign')?.text === wanted);
  if (found.length > 0) return found;
  const names = campaigns.slice(0, MAX_SHOWN).map(({ name }) => name);
  const more = campaigns.length > MAX_SHOWN ? ', ...' : '';
  const message = `--campaign names no campaign of the file of --config. Campaigns: ${names.join(', ')}${more}.`;
  throw new CliError('CLI_OPTION_VALUE', message);
}

const MAX_SHOWN = 20;
