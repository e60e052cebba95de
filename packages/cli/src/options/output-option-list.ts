import { LANGUAGES } from '../languages/language-of-reader.js';
import type { CommandOption } from './command-option.js';

/** Options of logs, output and metrics. */
export const outputOptionList = {
  'log-level': {
    old: 'l',
    type: 'text',
    group: 'Logs and output',
    values: ['critical', 'error', 'warning', 'notice', 'info', 'debug', '0', '1', '2', '3', '4', '5'],
    alsoTakes: /^\d+$/,
    default: 'info',
    help: 'How much is logged; 0 is critical, 5 is debug',
  },
  'log-dir': {
    type: 'text',
    path: 'folder',
    group: 'Logs and output',
    default: '/var/log/dbsync, else ~/.dbsync/logs; on Windows %LOCALAPPDATA%\\dbsync\\logs',
    help: 'Folder for {CAMPAIGN}_{MODE}_{TIMESTAMP}.log',
  },
  'log-file-mode': {
    type: 'text',
    group: 'Logs and output',
    values: ['0600', '0640'],
    default: '0600',
    help: 'Permissions of log files; with 0640 the group reads them too, such as a program that collects logs',
  },
  'keep-logs': {
    type: 'text',
    group: 'Logs and output',
    default: '90d,100,1GB',
    help: 'Logs of earlier runs that are kept, by age, number and total size; a start removes older logs; "all" keeps all logs',
  },
  verbose: {
    old: 'v',
    type: 'flag',
    group: 'Logs and output',
    help: 'Log to the console too, and in detail (debug) where no --log-level is given',
  },
  json: {
    type: 'flag',
    group: 'Logs and output',
    help: 'Write events, results and errors to stdout as JSON, one on each line',
  },
  lang: {
    type: 'text',
    group: 'Logs and output',
    values: LANGUAGES,
    default: 'on a terminal that of LC_ALL, LC_MESSAGES or LANG, else en',
    help: 'Language of the help and of the texts that explain an error; codes, logs and --json do not change',
  },
  'metrics-port': {
    type: 'whole-number',
    group: 'Logs and output',
    min: 0,
    max: 65_535,
    help: 'Port for the status page, /metrics (Prometheus), /livez and /readyz; 0 for any free one. Without it no port is opened',
  },
  'metrics-host': {
    type: 'text',
    group: 'Logs and output',
    default: '127.0.0.1',
    help: 'Address that --metrics-port listens on; 0.0.0.0 for all of the machine',
  },
  'metrics-password-file': {
    type: 'text',
    path: 'file',
    group: 'Logs and output',
    help: 'File with the password of the metrics and of the status page. Without it, the status page is shown only at loopback addresses',
  },
  profiler: {
    old: 'p',
    type: 'flag',
    group: 'Logs and output',
    help: 'Has no effect, and is accepted so that existing commands work: --metrics-port shows the work and the memory of the process',
  },
  help: { old: 'h', type: 'flag', group: 'Logs and output', help: 'Show this page' },
  version: { type: 'flag', group: 'Logs and output', help: 'Show the version' },
} as const satisfies Readonly<Record<string, Omit<CommandOption, 'name'>>>;
