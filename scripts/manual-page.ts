import type { Command } from '../packages/cli/src/commands/command.ts';
import type { Mode } from '../packages/cli/src/help/modes.ts';
import type { CommandOption } from '../packages/cli/src/options/command-option.ts';
import type { HelpPage } from '../packages/cli/src/options/help-page.ts';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';

/** The contents of the manual page. */
export interface ManualSource {
  readonly version: string;
  readonly modes: readonly Mode[];
  readonly commands: readonly Command[];
  /** Options that belong to no sink. */
  readonly options: readonly CommandOption[];
  /** The page of `dbsync help options`. */
  readonly runPage: HelpPage;
  readonly sinks: readonly ManualSink[];
}

interface ManualSink {
  readonly packageName: string;
  readonly manifest: SinkManifest;
  readonly options: readonly CommandOption[];
}

/** Writes `dbsync.1` in the language of `man`. */
export function manualPage({ version, modes, commands, options, runPage, sinks }: ManualSource): string {
  const shown = options.filter(({ hidden }) => hidden !== true);
  const ofRuns = shown.filter((option) => runPage.shows(option));
  const lines = [
    '.\\" Printed by: node scripts/print-manual.ts',
    `.TH DBSYNC 1 "" "dbsync ${version}"`,
    '.SH NAME',
    'dbsync \\- copies a call-centre campaign into a database or to a web service',
    '.SH SYNOPSIS',
    ...paragraph('dbsync --mode MODE --campaign ID --token TOKEN --url TARGET [OPTIONS]'),
    ...paragraph('dbsync COMMAND --campaign ID --url TARGET [OPTIONS]'),
    ...paragraph('dbsync help [COMMAND|SCHEME|options]'),
    '.SH MODES',
    ...modes.flatMap(({ name, summary, example }) => [...item(name), text(`${summary}:`), ...literal(example)]),
    '.SH OPTIONS OF A RUN',
    ...groupsOf(ofRuns).flatMap((group) => [
      `.SS ${text(group)}`,
      ...ofRuns.filter((option) => option.group === group).flatMap(optionItem),
    ]),
    '.SH TARGETS',
    ...sinks.flatMap(({ packageName, manifest, options: ofSink }) => [
      `.SS ${text(`${manifest.schemes.join(', ')} (${packageName})`)}`,
      ...(manifest.example === undefined ? [] : literal(`--url '${manifest.example}'`)),
      ...ofSink.filter(({ hidden }) => hidden !== true).flatMap(optionItem),
    ]),
    '.SH COMMANDS',
    ...commands.flatMap((command) => commandSection(command, shown, runPage)),
    '.SH ENVIRONMENT AND EXIT STATUS',
    ...paragraphs(runPage.footer),
    '.SH SEE ALSO',
    text('The folder docs of the source: operations.md by symptom, errors.md by error code.'),
  ];
  return `${lines.join('\n')}\n`;
}

function commandSection(
  { name, page }: Command,
  options: readonly CommandOption[],
  runPage: HelpPage,
): readonly string[] {
  const [synopsis = '', ...description] = page.usage.split('\n\n');
  const own = options.filter((option) => page.shows(option) && !runPage.shows(option));
  return [
    `.SS ${text(name)}`,
    ...literal(synopsis),
    ...paragraphs(description.join('\n\n')),
    ...own.flatMap(optionItem),
    ...page.examples.flatMap(([purpose, command]) => [...paragraph(purpose), ...literal(command)]),
    ...paragraphs(page.footer),
  ];
}

function optionItem(option: CommandOption): readonly string[] {
  const { name, old, type, help, values, default: shownDefault } = option;
  const spellings = [`--${name}`, ...(old === undefined ? [] : [`--${old}`])].join(', ');
  const details = [
    ...(values === undefined ? [] : [`One of: ${values.join(', ')}.`]),
    ...(shownDefault === undefined ? [] : [`Default: ${shownDefault}.`]),
  ];
  return [
    ...item(type === 'flag' ? spellings : `${spellings} VALUE`),
    text([help.replace(/[^.]$/, '$&.'), ...details].join(' ')),
  ];
}

function groupsOf(options: readonly CommandOption[]): readonly string[] {
  return [...new Set(options.map(({ group }) => group))];
}

function item(term: string): readonly string[] {
  return ['.TP', `.B ${text(term)}`];
}

function paragraphs(whole: string): readonly string[] {
  return whole.split('\n\n').flatMap((part) => (part === '' ? [] : paragraph(part)));
}

function paragraph(whole: string): readonly string[] {
  return ['.PP', text(whole.replaceAll('\n', ' '))];
}

/** Keeps lines as they are, indented. */
function literal(whole: string): readonly string[] {
  return ['.PP', '.RS 4', '.nf', ...whole.split('\n').map(text), '.fi', '.RE'];
}

/** Escapes what `man` would obey or beautify: backslashes, dashes, quotes that would turn, and dots in front. */
function text(line: string): string {
  return line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(/^\./, '\\&.');
}
