import { GROUPS_OF_RUNS } from './command-option.js';
import type { HelpPage } from './help-page.js';

const CONFIG_OPTIONS: ReadonlySet<string> = new Set(['config', 'plugin-dir', 'json', 'help']);

export const runPage: HelpPage = {
  usage: [
    'dbsync run --config FILE [--campaign NAME] [OPTIONS]',
    '',
    'Copies all campaigns of a file in one process. Each campaign has its own session, log and state: an error or a slow target of one campaign does not affect the others. A campaign that ends by an error starts again after a pause; a campaign whose set-up is wrong stays stopped until the file is read again. With --campaign only the campaigns of that name or id run. Options here and in the environment hold for all of them, in place of the file.',
    '',
    'SIGHUP reads the file again: campaigns that were added start, those that were removed stop, those that changed start again. A file with an error changes nothing.',
    '',
    'Without --config it is the same as dbsync --mode MODE and so on.',
  ].join('\n'),
  shows: ({ group }) => GROUPS_OF_RUNS.has(group),
  examples: [['All campaigns of a file:', 'dbsync run --config /etc/dbsync/dbsync.yaml']],
  footer: 'docs/configuration.md describes the file; dbsync config check FILE checks it.',
};

export const configPage: HelpPage = {
  usage: [
    'dbsync config check FILE',
    '',
    'Checks a file of campaigns for dbsync run --config, and shows all errors at once: file, line, column, key, and what to do. It reads the files of secrets and loads the sinks, connects to nothing, and changes nothing. It warns of secrets that the file holds itself.',
    '',
    'Exit codes: 0 no errors, warnings or not; 2 the file has errors.',
  ].join('\n'),
  shows: ({ name }) => CONFIG_OPTIONS.has(name),
  examples: [['Before a start, and before SIGHUP:', 'dbsync config check /etc/dbsync/dbsync.yaml']],
  footer: '--json prints one object, with every error. docs/configuration.md describes the file.',
};

const INIT_OPTIONS: ReadonlySet<string> = new Set(['name', 'yes']);

export const initPage: HelpPage = {
  usage: [
    'dbsync init [FILE] [--mode MODE] [--campaign ID] [--token TOKEN] [--url TARGET] [OPTIONS]',
    '',
    'Adds a campaign to a file for dbsync run --config (dbsync.yaml here, where none is named), and makes the file where it is missing. It asks for what was not given, tries the token and the target as dbsync doctor does, and then writes: secrets go into files of their own beside it, which only you can read. Other options of a run go into the file as well. Without a terminal it asks nothing.',
    '',
    'Exit codes: 0 written; 2 an option is missing or wrong; 3 a check failed, and nothing was written (--yes writes nevertheless).',
  ].join('\n'),
  shows: ({ name, group }) => GROUPS_OF_RUNS.has(group) || INIT_OPTIONS.has(name),
  examples: [
    ['With questions:', 'dbsync init /etc/dbsync/dbsync.yaml'],
    [
      'In a script:',
      'dbsync init dbsync.yaml --name madrid --mode db_sync --c CAMPAIGN --token-file token --url-file url',
    ],
  ],
  footer: 'docs/configuration.md describes the file.',
};
