import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError } from '../cli-error.js';
import { knownOptions } from '../config/known-options.js';
import { checkedValues } from '../options/checked-values.js';
import type { CommandOption, OptionValues } from '../options/command-option.js';
import { DAEMON_MODES } from '../options/daemon-mode.js';
import { secretsOf } from '../options/secrets.js';
import type { ServiceRequest } from './service-plan.js';

/** Options that a service has in files of its own, or that are for this command or for the person who calls it alone. */
const APART: ReadonlySet<string> = new Set([
  'campaign',
  'config',
  'token',
  'token-file',
  'url',
  'url-file',
  'help',
  'version',
  'json',
  'lang',
]);
/** Characters that file names and names of units take as they are. */
const PLAIN_CAMPAIGN = /^[A-Za-z0-9][\w.-]{0,99}$/;

/**
 * Reads and checks the options of a service, and those of the run that it makes.
 *
 * @throws CliError for an option that the run would refuse, and for a secret outside of a file
 */
export function serviceRequest(values: OptionValues, options: readonly CommandOption[]): ServiceRequest {
  const checked = checkedValues(values);
  const campaign = checked.required('campaign');
  if (!PLAIN_CAMPAIGN.test(campaign)) {
    throw new CliError(
      'CLI_OPTION_VALUE',
      '--campaign (--c) of a service takes letters, digits, and the characters . _ -',
    );
  }
  const ofCommand = new Set(options.filter(({ group }) => group === 'Service').map(({ name }) => name));
  const ofRun = new Map([...values].filter(([name]) => !APART.has(name) && !ofCommand.has(name)));
  refuseRun(campaign, ofRun);
  refuseSecrets(ofRun, options);
  return {
    campaign,
    options: new Map([...ofRun].sort(([a], [b]) => (a < b ? -1 : 1))),
    token: values.get('token') ?? null,
    url: values.get('url') ?? null,
    ...placeOfService(values),
  };
}

/** Reads the options of a service that runs a file of campaigns: the file has all others. */
export function serviceRequestOfFile(values: OptionValues, options: readonly CommandOption[]): ServiceRequest {
  const isKnown = (name: string) =>
    name === 'config' ||
    name === 'lang' ||
    options.some((option) => option.name === name && option.group === 'Service');
  const other = [...values.keys()].find((name) => !isKnown(name));
  if (other !== undefined) {
    throw new CliError(
      'CLI_OPTION_CONFLICT',
      `--${other} and --config: a service that runs a file of campaigns takes its options from the file alone.`,
    );
  }
  return { campaign: '', options: new Map(), token: null, url: null, ...placeOfService(values) };
}

function placeOfService(values: OptionValues): Pick<ServiceRequest, 'program' | 'root' | 'serviceUser'> {
  const checked = checkedValues(values);
  const [program, root] = [checked.text('program'), checked.text('root')];
  return {
    program: program === null ? ownProgram() : [resolve(program)],
    root: root === null ? null : resolve(root),
    serviceUser: checked.text('service-user'),
  };
}

/** Refuses what a run would refuse at its start: the error is seen at once, and not in the log of the service. */
function refuseRun(campaign: string, ofRun: OptionValues): void {
  const mode = ofRun.get('mode') ?? 'db_sync';
  if (!DAEMON_MODES.includes(mode)) {
    throw new CliError(
      'CLI_OPTION_VALUE',
      `--mode (--a) of a service takes one of: ${DAEMON_MODES.join(', ')}. The others end by themselves.`,
    );
  }
  knownOptions(new Map([...ofRun, ['campaign', campaign]]));
}

/** Refuses a secret that would stand in a file which every user of the machine may read. */
function refuseSecrets(ofRun: OptionValues, options: readonly CommandOption[]): void {
  for (const [name, value] of ofRun) {
    if (secretsOf(new Map([[name, value]]), options).size === 0) continue;
    const hasFile = options.some((option) => option.name === `${name}-file`);
    const instead = hasFile
      ? `Give --${name}-file.`
      : 'Put it into a file of its own that the service reads: see docs/service-command.md.';
    throw new CliError(
      'CLI_SERVICE_UNFIT',
      `--${name} holds a secret, and the options of a service are no secret place. ${instead}`,
    );
  }
}

/** Returns the Node.js that runs this process, and the command of this package. */
function ownProgram(): readonly string[] {
  return [realpathSync(process.execPath), fileURLToPath(new URL('../bin/dbsync.js', import.meta.url))];
}
