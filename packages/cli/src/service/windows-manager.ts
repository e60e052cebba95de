import { win32 } from 'node:path';
import { refuseHomes, secretSteps, startRemark, stepsHere } from './install-steps.js';
import type {
  FileStep,
  ProgramStep,
  ServiceManager,
  ServicePlan,
  ServiceRequest,
  ServiceStep,
} from './service-plan.js';
import { windowsWords } from './windows-words.js';
import { xmlText } from './xml-text.js';

/** The account LOCAL SERVICE, which has few rights on the machine and none in the network. */
const LOCAL_SERVICE = 'S-1-5-19';
/** The accounts that keep all rights: the system itself, and the administrators. */
const OWNERS = ['*S-1-5-18', '*S-1-5-32-544'];

/** Makes a task of the Task Scheduler for the campaign, which runs from the start of the machine on: see docs/adr/0026. */
export const windowsManager: ServiceManager = { files, install, uninstall, status };

function files(request: ServiceRequest): readonly [FileStep] {
  const { taskFile } = placesOf(request.campaign);
  return [{ kind: 'file', path: taskFile, text: taskXml(request), comment: 'xml', encoding: 'utf16le' }];
}

function install(request: ServiceRequest): ServicePlan {
  const { campaign, root } = request;
  const { folder, logs, state, taskFile, task, ...secretFiles } = placesOf(campaign);
  refuseHomes(request, /^[A-Z]:\\Users\\/i);
  return {
    steps: [
      { kind: 'folder', path: folder, mode: 0o700 },
      ...stepsHere(root, restrict(folder, '(OI)(CI)RX')),
      ...[logs, state].flatMap((path): readonly ServiceStep[] => [
        { kind: 'folder', path, mode: 0o700 },
        ...stepsHere(root, restrict(path, '(OI)(CI)M')),
      ]),
      ...secretSteps(
        request,
        (name) => secretFiles[name],
        (path) => stepsHere(root, restrict(path, 'R')),
      ),
      ...files(request),
      ...stepsHere(
        root,
        { ...schtasks('/End', '/TN', task), mayFail: true },
        schtasks('/Create', '/TN', task, '/XML', taskFile, '/F'),
        schtasks('/Run', '/TN', task),
      ),
    ],
    remarks: [startRemark(root, logs)],
  };
}

function uninstall({ campaign, root }: ServiceRequest): ServicePlan {
  const { folder, taskFile, task, token, url } = placesOf(campaign);
  return {
    steps: [
      ...stepsHere(
        root,
        { ...schtasks('/End', '/TN', task), mayFail: true },
        { ...schtasks('/Delete', '/TN', task, '/F'), mayFail: true },
      ),
      { kind: 'remove', path: taskFile, comment: 'xml' },
    ],
    remarks: [
      `Kept: token and URL (del "${token}" "${url}"), and the logs and the state of webhook mode below ${folder}.`,
    ],
  };
}

function status({ campaign }: ServiceRequest) {
  const { taskFile, task, token, url } = placesOf(campaign);
  return { files: [taskFile, token, url], show: schtasks('/Query', '/TN', task, '/V', '/FO', 'LIST') };
}

/**
 * Writes the task. It starts with the machine, and again each minute if it does not run: `IgnoreNew` keeps a second one from
 * starting. A task has no environment, so the options are on its command line; secrets are in files.
 */
function taskXml({ campaign, options, program }: ServiceRequest): string {
  const { folder, logs, state, token, url } = placesOf(campaign);
  const [command = '', ...words] = program;
  const given = new Map([['mode', 'db_sync'], ['log-dir', logs], ['state-dir', state], ...options]);
  const argv = [
    ...words,
    ...[`--campaign=${campaign}`, `--token-file=${token}`, `--url-file=${url}`],
    ...Array.from(given, ([name, value]) => `--${name}=${value}`),
  ];
  return `\ufeff<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>dbsync of campaign ${xmlText(campaign)}</Description>
  </RegistrationInfo>
  <Triggers>
    <BootTrigger>
      <Repetition>
        <Interval>PT1M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
      <Enabled>true</Enabled>
    </BootTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${LOCAL_SERVICE}</UserId>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xmlText(command)}</Command>
      <Arguments>${xmlText(windowsWords(argv))}</Arguments>
      <WorkingDirectory>${xmlText(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`;
}

function placesOf(campaign: string) {
  const folder = win32.join(process.env.ProgramData ?? 'C:\\ProgramData', 'dbsync');
  return {
    folder,
    logs: win32.join(folder, 'logs'),
    state: win32.join(folder, 'state'),
    token: win32.join(folder, `${campaign}.token`),
    url: win32.join(folder, `${campaign}.url`),
    taskFile: win32.join(folder, `${campaign}.task.xml`),
    task: `dbsync\\${campaign}`,
  };
}

/** Takes all inherited rights away, and gives the account of the service these. */
function restrict(path: string, rights: string): ProgramStep {
  const inherits = /^(?:\(\w+\))*/.exec(rights)?.[0] ?? '';
  const grants = [...OWNERS.map((owner) => `${owner}:${inherits}F`), `*${LOCAL_SERVICE}:${rights}`];
  return {
    kind: 'run',
    program: 'icacls',
    args: [path, '/inheritance:r', ...grants.flatMap((grant) => ['/grant:r', grant])],
  };
}

function schtasks(...args: readonly string[]): ProgramStep {
  return { kind: 'run', program: 'schtasks', args };
}
