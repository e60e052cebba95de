import { type CompletedOption, type CompletionWords, singleQuoted } from './completion-words.js';

/** Writes the completion for fish. */
export function fishCompletion({ ofHelp, commands, pages, ofRuns }: CompletionWords): string {
  const names = commands.map(({ name }) => name);
  return [
    '# fish completion of dbsync, printed by: dbsync completion fish',
    'complete -c dbsync -f',
    ...commands.map(
      ({ name, summary }) => `complete -c dbsync -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    `complete -c dbsync -n __fish_use_subcommand -a help -d ${quoted(ofHelp)}`,
    ...commands.flatMap(({ name, actions, options }) => [
      ...(actions.length === 0
        ? []
        : [
            `complete -c dbsync -n '__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${actions.join(' ')}' -a '${actions.join(' ')}'`,
          ]),
      ...options.map((option) => line(`__fish_seen_subcommand_from ${name}`, option)),
    ]),
    `complete -c dbsync -n '__fish_seen_subcommand_from help' -a '${pages.join(' ')}'`,
    ...ofRuns.map((option) => line(`not __fish_seen_subcommand_from ${names.join(' ')} help`, option)),
    'complete -c dbsync2 -w dbsync',
  ].join('\n');
}

function line(condition: string, { name, old, help, value }: CompletedOption): string {
  const short = old !== null && old.length === 1 ? ` -s ${old}` : '';
  return `complete -c dbsync -n '${condition}' -l ${name}${short}${valueFlags(value)} -d ${quoted(help)}`;
}

function valueFlags(value: CompletedOption['value']): string {
  switch (value.kind) {
    case 'none':
      return '';
    case 'one-of':
      return ` -x -a '${value.words.join(' ')}'`;
    case 'file':
      return ' -r -F';
    case 'folder':
      return " -x -a '(__fish_complete_directories)'";
    case 'free':
      return ' -x';
  }
}

function quoted(text: string): string {
  return singleQuoted(text.replaceAll('\\', '\\\\'));
}
