import { quotedForShell } from '@dbsync/core/cli-kit';
import { type ErrorCodeName, errorCodes } from '../../error-codes.js';
import type { StartWarning } from '../start-warnings.js';
import type { DoctorFinding } from './doctor-finding.js';
import type { FolderFacts } from './folder-facts.js';

/** The facts about this machine on which a run depends. */
export interface MachineFacts {
  readonly nodeVersion: string;
  readonly logs: FolderFacts | null;
  /** True where `--log-dir` names the folder: a run without it then ends at once. */
  readonly areLogsNamed: boolean;
  /** null: the database keeps the state. */
  readonly state: FolderFacts | null;
}

type MachineFinding = Omit<DoctorFinding, 'part'>;

const OLDEST_NODE = 24;
/** Older ones know no proxies. */
const PROXY_NODE = [24, 5] as const;
const LOW_BYTES = 512 * 1024 * 1024;

/** Judges the facts about this machine. */
export function machineFindings(facts: MachineFacts): readonly MachineFinding[] {
  return [
    nodeFinding(facts.nodeVersion),
    ...folderFindings('log-folder', 'logs', facts.logs, facts.areLogsNamed ? 'fail' : 'warn'),
    ...folderFindings('state-folder', 'the state of webhook mode', facts.state, 'fail'),
  ];
}

function nodeFinding(version: string): MachineFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const remedy = `Install Node.js ${PROXY_NODE.join('.')} or newer: https://nodejs.org/en/download`;
  if (major < OLDEST_NODE) {
    return { check: 'node', level: 'fail', what: `Node.js ${version} is older than dbsync needs`, remedy };
  }
  if (major === PROXY_NODE[0] && minor < PROXY_NODE[1]) {
    return { check: 'node', level: 'warn', what: `Node.js ${version} cannot reach anything through a proxy`, remedy };
  }
  return { check: 'node', level: 'pass', what: `Node.js ${version}`, remedy: null };
}

function folderFindings(
  check: string,
  what: string,
  facts: FolderFacts | null,
  without: 'warn' | 'fail',
): readonly MachineFinding[] {
  if (facts === null) return [];
  const { folder, exists, refusal } = facts;
  const quoted = quotedForShell(folder);
  if (refusal !== null) {
    const remedy = `mkdir -p ${quoted} && chown ${process.getuid?.() ?? 'USER'} ${quoted}`;
    return [
      {
        check,
        level: without,
        what: `The folder for ${what}, ${folder}, cannot hold files of dbsync (${refusal})`,
        remedy,
      },
    ];
  }
  const will = exists ? 'takes files' : 'does not exist yet; a start creates it';
  return [
    { check, level: 'pass', what: `The folder for ${what}, ${folder}, ${will}`, remedy: null },
    ...room(what, facts),
  ];
}

function room(what: string, { folder, freeBytes }: FolderFacts): readonly MachineFinding[] {
  if (freeBytes === null) {
    return [
      {
        check: 'disk',
        level: 'not-checked',
        what: `The room for ${what} is not known`,
        remedy: `df -h ${quotedForShell(folder)}`,
      },
    ];
  }
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB are free for ${what}`;
  if (freeBytes >= LOW_BYTES) return [{ check: 'disk', level: 'pass', what: free, remedy: null }];
  const quoted = quotedForShell(folder);
  return [{ check: 'disk', level: 'warn', what: `Only ${free}`, remedy: `df -h ${quoted}; du -sh ${quoted}` }];
}

/** The warnings of a start by the names of their checks. */
const CHECKS: Readonly<Partial<Record<ErrorCodeName, string>>> = {
  CLI_SECRETS_EXPOSED: 'secret-file',
  CLI_FOLDER_EXPOSED: 'folder-permissions',
  CLI_DEBUGGER_OPEN: 'debugger',
  CLI_VARIABLE_UNKNOWN: 'variables',
};

/** Returns the finding of a warning that a start would print. */
export function warningFinding({ code, what, remedy }: StartWarning): MachineFinding {
  return {
    check: CHECKS[code] ?? 'warning',
    level: 'warn',
    what: `${code}: ${what}`,
    remedy: remedy ?? errorCodes[code].remedy,
  };
}
