import { type CompletedOption, type CompletionWords, singleQuoted } from './completion-words.js';

const HEAD = `# bash completion of dbsync, printed by: dbsync completion bash
_dbsync_offer() {
  local current=$1 word
  shift
  for word; do [[ $word == "$current"* ]] && COMPREPLY+=("$word"); done
}
_dbsync_paths() {
  local word
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen "$1" -- "$2")
}
_dbsync() {
  local current=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # bash makes three words of --name=value.
  if [[ $current == "=" ]]; then current=
  elif [[ $option == "=" ]]; then option=\${COMP_WORDS[COMP_CWORD-2]}; fi`;

/** Writes the completion for bash 3.2 and later, without the package bash-completion. */
export function bashCompletion({ commands, pages, ofRuns, all }: CompletionWords): string {
  const names = commands.map(({ name }) => name);
  const isSecond = '(( COMP_CWORD == 2 )) && [[ $current != -* ]]';
  return [
    HEAD,
    '  case $option in',
    ...all.filter(({ value }) => value.kind !== 'none').map(valueCase),
    '  esac',
    `  if (( COMP_CWORD == 1 )) && [[ $current != -* ]]; then ${offer([...names, 'help'])}; return; fi`,
    `  case \${COMP_WORDS[1]} in`,
    ...commands.map(({ name, actions, options }) => {
      const flags = offer(longNames(options));
      if (actions.length === 0) return `    ${name}) ${flags} ;;`;
      return `    ${name}) if ${isSecond}; then ${offer(actions)}; else ${flags}; fi ;;`;
    }),
    `    help) if ${isSecond}; then ${offer(pages)}; fi ;;`,
    `    *) ${offer(longNames(ofRuns))} ;;`,
    '  esac',
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
      return `${offer(value.words)}; `;
    case 'file':
      return '_dbsync_paths -f "$current"; ';
    case 'folder':
      return '_dbsync_paths -d "$current"; ';
    default:
      return '';
  }
}

function offer(words: readonly string[]): string {
  return ['_dbsync_offer "$current"', ...words.map(singleQuoted)].join(' ');
}

function longNames(options: readonly CompletedOption[]): readonly string[] {
  return options.map(({ name }) => `--${name}`);
}
