import { type CampaignStatus, readStatus } from '@dbsync/core/cli-kit';
import type { CallOptions, Reporting } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';

/** The campaigns that a command shows. */
export interface ShownCampaigns {
  /** Null: all campaigns of the target. */
  readonly campaign: string | null;
  /** The target for messages, without secrets. */
  readonly target: string;
  /** The end of the message where the target has no such campaign: how the command shows all of them. */
  readonly remedy: string;
}

/**
 * Reads the state of the campaign, or of each campaign of the target.
 *
 * @throws CliError CLI_CAMPAIGN_UNKNOWN: the target has no such campaign
 */
export async function campaignStatuses(
  reporting: Pick<Reporting, 'listStreams' | 'describeStream'>,
  { campaign, target, remedy }: ShownCampaigns,
  options: CallOptions,
): Promise<readonly CampaignStatus[]> {
  const streams = campaign === null ? await reporting.listStreams(options) : [campaign];
  const statuses: CampaignStatus[] = [];
  for (const stream of streams) {
    const status = await readStatus(reporting, stream, options);
    if (status !== null) statuses.push(status);
    else if (campaign !== null) {
      const message = `dbsync has never copied campaign ${campaign} to ${target}. ${remedy}`;
      throw new CliError('CLI_CAMPAIGN_UNKNOWN', message);
    }
  }
  return statuses;
}
