import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';
import { variableOf } from '../options/environment.js';
import { refuseHomes, secretSteps, startRemark, stepsHere } from './install-steps.js';
import { placeOf } from './service-place.js';
import type { FileStep, ServiceManager, ServicePlan, ServiceRequest } from './service-plan.js';
import { HOMES, OWN_UNITS, offline, packagedUnit, SETTINGS, showUnit, systemctl } from './systemctl.js';
import { CAMPAIGN_UNIT, campaignUnit } from './systemd-unit.js';

/** Makes an instance of `dbsync@.service` for the campaign. */
export const systemdManager: ServiceManager = { files, install, uninstall, status };

function files({ campaign, options, program }: ServiceRequest): readonly [unit: FileStep, settings: FileStep] {
  const unit = { path: join(OWN_UNITS, CAMPAIGN_UNIT), text: campaignUnit(program) };
  const ofCampaign = { path: settingsFile(campaign), text: settings(campaign, options) };
  return [
    { kind: 'file', comment: 'hash', ...unit },
    { kind: 'file', comment: 'hash', ...ofCampaign },
  ];
}

function install(request: ServiceRequest): ServicePlan {
  const { campaign, root } = request;
  const [unit, settingsOfCampaign] = files(request);
  if (packagedUnit(CAMPAIGN_UNIT, root) === null) refuseHomes(request, HOMES);
  return {
    steps: [
      { kind: 'folder', path: SETTINGS, mode: 0o755 },
      ...(packagedUnit(CAMPAIGN_UNIT, root) === null
        ? [{ kind: 'folder', path: OWN_UNITS, mode: 0o755 } as const, unit]
        : []),
      ...secretSteps(request, (name) => secretFile(campaign, name)),
      settingsOfCampaign,
      ...stepsHere(root, systemctl('daemon-reload')),
      systemctl(...offline(root), 'enable', instance(campaign)),
      ...stepsHere(root, systemctl('restart', instance(campaign))),
    ],
    remarks: [startRemark(root, `journalctl -u ${instance(campaign)} -f`)],
  };
}

function uninstall({ campaign, root }: ServiceRequest): ServicePlan {
  const isLast = otherInstances(campaign, root).length === 0;
  const secrets = [secretFile(campaign, 'token'), secretFile(campaign, 'url')];
  return {
    steps: [
      { ...systemctl(...offline(root), 'disable', instance(campaign)), mayFail: true },
      ...stepsHere(root, { ...systemctl('stop', instance(campaign)), mayFail: true }),
      { kind: 'remove', path: settingsFile(campaign), comment: 'hash' },
      ...(isLast ? [{ kind: 'remove', path: join(OWN_UNITS, CAMPAIGN_UNIT), comment: 'hash' } as const] : []),
      ...stepsHere(root, systemctl('daemon-reload')),
    ],
    remarks: [
      `Kept: token and URL (rm ${secrets.join(' ')}), logs in /var/log/dbsync, and the state of webhook mode in /var/lib/dbsync.`,
      ...(isLast ? [] : [`${CAMPAIGN_UNIT} stays: other campaigns use it.`]),
    ],
  };
}

function status({ campaign, root }: ServiceRequest) {
  const unit = packagedUnit(CAMPAIGN_UNIT, root) ?? join(OWN_UNITS, CAMPAIGN_UNIT);
  return {
    files: [unit, settingsFile(campaign), secretFile(campaign, 'token'), secretFile(campaign, 'url')],
    show: showUnit(instance(campaign), root),
  };
}

/** Returns the enabled instances of other campaigns. */
function otherInstances(campaign: string, root: string | null): readonly string[] {
  const folder = placeOf(join(OWN_UNITS, 'multi-user.target.wants'), root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.startsWith('dbsync@') && name !== instance(campaign));
}

/** Writes the options of a campaign for `EnvironmentFile=`. */
function settings(campaign: string, options: ReadonlyMap<string, string>): string {
  const lines = Array.from(options, ([name, value]) => `${variableOf(name)}=${quoted(value, name)}`);
  return [
    `# The options of dbsync@${campaign}.service, one a line. dbsync help options names them all.`,
    ...lines,
    '',
  ].join('\n');
}

/** Quotes a value. systemd takes a line break within quotes, but no other control character. */
function quoted(value: string, name: string): string {
  if (/\p{Cc}/u.test(value.replace(/[\n\t]/g, ''))) {
    throw new CliError('CLI_OPTION_VALUE', `--${name} has a control character, which systemd does not take.`);
  }
  return /^[\w./:@,+-]*$/.test(value) ? value : `"${value.replace(/["\\$`]/g, '\\$&')}"`;
}

function settingsFile(campaign: string): string {
  return join(SETTINGS, `${campaign}.env`);
}

function secretFile(campaign: string, name: 'token' | 'url'): string {
  return join(SETTINGS, `${campaign}.${name}`);
}

function instance(campaign: string): string {
  return CAMPAIGN_UNIT.replace('@', `@${campaign}`);
}
