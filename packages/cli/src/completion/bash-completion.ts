import { type CompletedOption, type CompletionWords, singleQuoted } from './completion-words.js';

const HEAD = `# bash completion of dbsync, printed by: dbsync completion bash
_dbsync() {
  local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} words
  COMPREPLY=()
  # bash makes three words of --name=value.
  if [[ $current == "=" ]]; then current=
  elif [[ $option == "=" ]]; then option=\${COMP_WORDS[COMP_CWORD-2]}; fi`;

/** Writes the completion for bash 3.2 and later, without the package bash-completion. */
export function bashCompletion({ commands, ofRuns, all }: CompletionWords): string {
  const names = commands.map(({ name }) => name);
  return [
    HEAD,
    '  case $option in',
    ...all.filter(({ value }) => value.kind !== 'none').map(valueCase),
    '  esac',
    `  if (( COMP_CWORD == 1 )) && [[ $current != -* ]]; then words=${singleQuoted([...names, 'help'].join(' '))}`,
    '  else',
    '    words=',
    `    case \${COMP_WORDS[1]} in`,
    ...commands.map(({ name, actions, options }) => {
      const flags = singleQuoted(longNames(options));
      if (actions.length === 0) return `      ${name}) words=${flags} ;;`;
      const first = singleQuoted(actions.join(' '));
      return `      ${name}) if (( COMP_CWORD == 2 )) && [[ $current != -* ]]; then words=${first}; else words=${flags}; fi ;;`;
    }),
    `      help) (( COMP_CWORD == 2 )) && words=${singleQuoted(['options', ...names].join(' '))} ;;`,
    `      *) words=${singleQuoted(longNames(ofRuns))} ;;`,
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _dbsync dbsync dbsync2',
  ].join('\n');
}

function valueCase({ name, old, value }: CompletedOption): string {
  const spellings = old === null ? [`--${name}`] : [`--${name}`, `--${old}`, `-${old}`];
  return `    ${spellings.join('|')}) ${reply(value)}return ;;`;
}

function reply(value: CompletedOption['value']): string {
  switch (value.kind) {
    case 'one-of':
      return `COMPREPLY=($(compgen -W ${singleQuoted(value.words.join(' '))} -- "$current")); `;
    case 'file':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); ';
    case 'folder':
      return 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")); ';
    default:
      return '';
  }
}

function longNames(options: readonly CompletedOption[]): string {
  return options.map(({ name }) => `--${name}`).join(' ');
}
