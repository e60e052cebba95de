import { type CompletedCommand, type CompletedOption, type CompletionWords, singleQuoted } from './completion-words.js';

/** Writes the completion for zsh, as a file `_dbsync` of its function path. */
export function zshCompletion({ heading, ofHelp, commands, pages, ofRuns }: CompletionWords): string {
  return [
    '#compdef dbsync dbsync2',
    '# zsh completion of dbsync, printed by: dbsync completion zsh',
    '_dbsync() {',
    '  local -a commands',
    '  commands=(',
    ...commands.map(({ name, summary }) => `    ${singleQuoted(`${name}:${summary}`)}`),
    `    ${singleQuoted(`help:${ofHelp}`)}`,
    '  )',
    '  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then',
    `    _describe -t commands ${singleQuoted(heading)} commands`,
    '    return',
    '  fi',
    '  case $words[2] in',
    ...commands.flatMap(branch),
    `    help) (( CURRENT == 3 )) && compadd ${pages.join(' ')} ;;`,
    '    *)',
    ...call(ofRuns),
    '      ;;',
    '  esac',
    '}',
    'if [[ $funcstack[1] == _dbsync ]]; then _dbsync "$@"; else compdef _dbsync dbsync dbsync2; fi',
  ].join('\n');
}

function branch({ name, actions, options }: CompletedCommand): readonly string[] {
  const choice = `      if (( CURRENT == 3 )) && [[ $words[3] != -* ]]; then compadd ${actions.join(' ')}; return; fi`;
  return [`    ${name})`, ...(actions.length === 0 ? [] : [choice]), ...call(options), '      ;;'];
}

function call(options: readonly CompletedOption[]): readonly string[] {
  return [
    '      _arguments \\',
    ...options.map((option) => `        ${singleQuoted(spec(option))} \\`),
    "        '*:id: '",
  ];
}

function spec({ name, help, value }: CompletedOption): string {
  const text = help.replaceAll(/[\\[\]:]/g, '\\$&');
  switch (value.kind) {
    case 'none':
      return `--${name}[${text}]`;
    case 'one-of':
      return `--${name}=[${text}]:value:(${value.words.join(' ')})`;
    case 'file':
      return `--${name}=[${text}]:file:_files`;
    case 'folder':
      return `--${name}=[${text}]:folder:_files -/`;
    case 'free':
      return `--${name}=[${text}]:value: `;
  }
}
