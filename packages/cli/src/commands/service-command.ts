import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.js';
import { contextOfCampaign } from '../config/context-of-campaign.js';
import { readConfig, refuseProblems } from '../config/read-config.js';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { carryOut } from '../service/carry-out.js';
import { launchdManager } from '../service/launchd-manager.js';
import { placeOf } from '../service/service-place.js';
import type { FileStep, ServiceManager, ServiceRequest } from '../service/service-plan.js';
import { serviceRequest, serviceRequestOfFile } from '../service/service-request.js';
import { systemdFileManager } from '../service/systemd-file-manager.js';
import { systemdManager } from '../service/systemd-manager.js';
import { windowsManager } from '../service/windows-manager.js';
import type { Output } from '../terminal/output.js';
import type { CommandContext } from './command-context.js';

const ACTIONS = ['install', 'uninstall', 'status', 'print'] as const;

const MANAGERS: Readonly<Record<string, ServiceManager>> = {
  systemd: systemdManager,
  launchd: launchdManager,
  windows: windowsManager,
};

/** Runs `service install|uninstall|status|print`. */
export async function serviceCommand(context: CommandContext): Promise<Ending> {
  const { operands, output } = context;
  const action = ACTIONS.find((name) => name === operands[0]);
  if (action === undefined) throw unexpectedAction('service', operands[0], ACTIONS);
  const { manager, request, isShared } = await subjectOf(context, action);
  if (action === 'print') return print(manager.files(request), isShared, output);
  if (action === 'status') return showStatus(manager, request, output);
  const checked = checkedValues(context.values);
  carryOut(action === 'install' ? manager.install(request) : manager.uninstall(request), {
    root: request.root,
    force: checked.flag('force'),
    isDry: checked.flag('dry-run'),
    say: (line) => output.line(line),
  });
  return { kind: 'done' };
}

/** The service that a command is about. */
interface Subject {
  readonly manager: ServiceManager;
  readonly request: ServiceRequest;
  /** True: no campaign was named, and only the file that all share is meant. */
  readonly isShared: boolean;
}

/** Returns the service of one campaign, or that of all campaigns of a file: \`--config\` without \`--campaign\`. */
async function subjectOf(context: CommandContext, action: (typeof ACTIONS)[number]): Promise<Subject> {
  const { values, options } = context;
  const name = checkedValues(values).text('manager') ?? managerOf(process.platform);
  const manager = MANAGERS[name] ?? systemdManager;
  const config = values.get('config');
  const hasCampaign = values.has('campaign');
  if (config !== undefined && hasCampaign) {
    const one = await contextOfCampaign(context);
    return { manager, request: serviceRequest(one.values, one.options), isShared: false };
  }
  if (config !== undefined) {
    if (name !== 'systemd') {
      const message =
        'Only systemd has a service for all campaigns of a file. Give --campaign too, and install one service a campaign.';
      throw new CliError('CLI_SERVICE_UNFIT', message);
    }
    const file = resolve(config);
    if (action === 'install') refuseProblems(await readConfig(file, context));
    return { manager: systemdFileManager(file), request: serviceRequestOfFile(values, options), isShared: true };
  }
  const isShared = action === 'print' && !hasCampaign;
  const given = isShared ? new Map([...values, ['campaign', 'CAMPAIGN']]) : values;
  return { manager, request: serviceRequest(given, options), isShared };
}

function managerOf(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'launchd' : 'systemd';
}

/** Prints the files of the service, except its secrets. @param isShared only the first one, without its path */
function print(files: readonly FileStep[], isShared: boolean, output: Output): Ending {
  for (const { path, text } of isShared ? files.slice(0, 1) : files) {
    if (!isShared) output.line(`==> ${path} <==`);
    output.line(text.replace(/^\ufeff|\n$/g, ''));
  }
  return { kind: 'done' };
}

function showStatus(manager: ServiceManager, request: ServiceRequest, output: Output): Ending {
  const { files, show } = manager.status(request);
  for (const path of files) {
    output.line(
      `${placeOf(path, request.root)}: ${existsSync(placeOf(path, request.root)) ? 'is there' : 'is missing'}`,
    );
  }
  const { status, stdout, stderr, error } = spawnSync(show.program, show.args, { encoding: 'utf8', windowsHide: true });
  output.line(error ? `${show.program} cannot be started.` : `${stdout}${stderr}`.trim());
  return status === 0 ? { kind: 'done' } : { kind: 'status', state: 'unheld' };
}
