import { posix } from 'node:path';
import { CliError } from '../cli-error.js';
import { variableOf } from '../options/environment.js';
import { secretSteps, startRemark, stepsHere } from './install-steps.js';
import type {
  FileStep,
  ProgramStep,
  ServiceManager,
  ServicePlan,
  ServiceRequest,
  ServiceStep,
} from './service-plan.js';
import { xmlText } from './xml-text.js';

const DAEMONS = '/Library/LaunchDaemons';
const SETTINGS = '/usr/local/etc/dbsync';
const LOGS = '/var/log/dbsync';
const STATE = '/var/lib/dbsync';

/** Makes a daemon of launchd for the campaign. It runs as the user that called sudo, since macOS has no users of services. */
export const launchdManager: ServiceManager = { files, install, uninstall, status };

function files(request: ServiceRequest): readonly [FileStep] {
  return [{ kind: 'file', path: plistFile(request.campaign), text: plist(request), comment: 'xml' }];
}

function install(request: ServiceRequest): ServicePlan {
  const { campaign, root } = request;
  const user = userOf(request);
  const ofUser = [LOGS, STATE];
  const close = (path: string) => stepsHere(root, chown(user, path));
  return {
    steps: [
      ...ofUser.flatMap((path): readonly ServiceStep[] => [{ kind: 'folder', path, mode: 0o700 }, ...close(path)]),
      // A user who owned this folder could put a link in the place of a file that root is about to hand over.
      { kind: 'folder', path: SETTINGS, mode: 0o755 },
      ...stepsHere(root, chown('root', SETTINGS)),
      ...secretSteps(request, (name) => secretFile(campaign, name), close),
      { kind: 'folder', path: DAEMONS, mode: 0o755 },
      ...files(request),
      ...stepsHere(
        root,
        { ...launchctl('bootout', `system/${labelOf(campaign)}`), mayFail: true },
        launchctl('bootstrap', 'system', plistFile(campaign)),
      ),
    ],
    remarks: [startRemark(root, `${LOGS}/${campaign}.out`)],
  };
}

function uninstall({ campaign, root }: ServiceRequest): ServicePlan {
  const secrets = [secretFile(campaign, 'token'), secretFile(campaign, 'url')];
  return {
    steps: [
      ...stepsHere(root, { ...launchctl('bootout', `system/${labelOf(campaign)}`), mayFail: true }),
      { kind: 'remove', path: plistFile(campaign), comment: 'xml' },
    ],
    remarks: [
      `Kept: token and URL (rm ${secrets.join(' ')}), logs in ${LOGS}, and the state of webhook mode in ${STATE}.`,
    ],
  };
}

function status({ campaign }: ServiceRequest) {
  return {
    files: [plistFile(campaign), secretFile(campaign, 'token'), secretFile(campaign, 'url')],
    show: launchctl('print', `system/${labelOf(campaign)}`),
  };
}

/** Writes the property list. launchd starts the daemon again after each end but a clean one, at most every 15 s. */
function plist(request: ServiceRequest): string {
  const { campaign, options, program } = request;
  const words = [
    ...program,
    ...['--campaign', campaign],
    ...['--token-file', secretFile(campaign, 'token')],
    ...['--url-file', secretFile(campaign, 'url')],
  ];
  const variables = {
    NODE_OPTIONS: '--disable-sigusr1',
    DBSYNC_MODE: 'db_sync',
    DBSYNC_LOG_DIR: LOGS,
    DBSYNC_STATE_DIR: STATE,
    ...Object.fromEntries(Array.from(options, ([name, value]) => [variableOf(name), value])),
  };
  const output = `${LOGS}/${campaign}.out`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  ${string(labelOf(campaign))}
  <key>ProgramArguments</key>
  <array>
${words.map((word) => `    ${string(word)}`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries(variables)
  .map(([name, value]) => `    <key>${xmlText(name)}</key>\n    ${string(value)}`)
  .join('\n')}
  </dict>
  <key>UserName</key>
  ${string(userOf(request))}
  <key>WorkingDirectory</key>
  ${string(STATE)}
  <key>Umask</key>
  <integer>63</integer>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>15</integer>
  <key>ExitTimeOut</key>
  <integer>45</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>HardResourceLimits</key>
  <dict>
    <key>Core</key>
    <integer>0</integer>
  </dict>
  <key>StandardOutPath</key>
  ${string(output)}
  <key>StandardErrorPath</key>
  ${string(output)}
</dict>
</plist>
`;
}

function string(text: string): string {
  return `<string>${xmlText(text)}</string>`;
}

function labelOf(campaign: string): string {
  return `dbsync.${campaign}`;
}

function plistFile(campaign: string): string {
  return posix.join(DAEMONS, `${labelOf(campaign)}.plist`);
}

function secretFile(campaign: string, name: 'token' | 'url'): string {
  return posix.join(SETTINGS, `${campaign}.${name}`);
}

function userOf({ serviceUser }: ServiceRequest): string {
  const user = serviceUser ?? process.env.SUDO_USER ?? null;
  if (user !== null && user !== 'root') return user;
  const message =
    'Not given: --service-user, the user that dbsync runs as. It is needed where no other user called sudo.';
  throw new CliError('CLI_OPTION_MISSING', message);
}

function chown(user: string, path: string): ProgramStep {
  // -h: never follows a link.
  return { kind: 'run', program: 'chown', args: ['-h', user, path] };
}

function launchctl(...args: readonly string[]): ProgramStep {
  return { kind: 'run', program: 'launchctl', args };
}
