import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Ending } from '../exit-code.js';
import { checkedValues } from '../options/checked-values.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import { carryOut } from '../service/carry-out.js';
import { launchdManager } from '../service/launchd-manager.js';
import { placeOf } from '../service/service-place.js';
import type { ServiceManager, ServiceRequest } from '../service/service-plan.js';
import { serviceRequest } from '../service/service-request.js';
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
  const { operands, values, options, output } = context;
  const action = ACTIONS.find((name) => name === operands[0]);
  if (action === undefined) throw unexpectedAction('service', operands[0], ACTIONS);
  const checked = checkedValues(values);
  const name = checked.text('manager') ?? managerOf(process.platform);
  const manager = MANAGERS[name] ?? systemdManager;
  if (action === 'print') return print(manager, context);
  const request = serviceRequest(values, options);
  if (action === 'status') return showStatus(manager, request, output);
  carryOut(action === 'install' ? manager.install(request) : manager.uninstall(request), {
    root: request.root,
    force: checked.flag('force'),
    isDry: checked.flag('dry-run'),
    say: (line) => output.line(line),
  });
  return { kind: 'done' };
}

function managerOf(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'launchd' : 'systemd';
}

/** Prints the files of the service, except its secrets; without a campaign the one that all campaigns share. */
function print(manager: ServiceManager, { values, options, output }: CommandContext): Ending {
  const isShared = !values.has('campaign');
  const request = serviceRequest(isShared ? new Map([...values, ['campaign', 'CAMPAIGN']]) : values, options);
  const files = isShared ? manager.files(request).slice(0, 1) : manager.files(request);
  for (const { path, text } of files) {
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
