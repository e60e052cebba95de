import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../run-program.ts';
import { commandIn } from '../servers/debian-build.ts';
import { shellTree } from './shell-tree.ts';

/** The shells that dbsync has a completion for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/**
 * Returns the words that a real shell offers at the end of each of these command lines, sorted. @param files in its folder
 */
export async function completedWords(
  shell: (typeof SHELLS)[number],
  script: string,
  lines: readonly string[],
  files: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dbsync-completion-'));
  const surroundings = {
    cwd: folder.path,
    variables: { TERM: 'dumb', SCRIPT: join(folder.path, 'script'), WORK: folder.path },
  };
  writeFileSync(surroundings.variables.SCRIPT, `${script}\n`);
  writeFileSync(join(folder.path, 'lines'), `${lines.join('\n')}\n`);
  for (const name of files) writeFileSync(join(folder.path, name), '');
  const output = await { bash: inBash, fish: inFish, zsh: inZsh }[shell](surroundings);
  const parts = output.split(/^== .*\n/m).slice(1);
  return parts.map((part) => [...new Set(part.split('\n').map((word) => word.trim()))].filter(Boolean).sort());
}

interface ShellPlace {
  readonly cwd: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Splits a line as readline does, at blanks and equals signs. */
const IN_BASH = `
source "$SCRIPT"
while IFS= read -r line; do
  IFS=$'\\n' COMP_WORDS=($(sed -E 's/=/\\n=\\n/g; s/ /\\n/g' <<< "$line"))
  [[ $line == *[=\\ ] ]] && COMP_WORDS+=('')
  [[ $line == *= ]] && unset 'COMP_WORDS[-1]'
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  unset IFS
  _dbsync
  echo "== $line"
  printf '%s\\n' "\${COMPREPLY[@]}"
done < "$WORK/lines"`;

function inBash(surroundings: ShellPlace): Promise<string> {
  return mustRun('bash', ['--norc', '-c', IN_BASH], surroundings);
}

async function inFish(surroundings: ShellPlace): Promise<string> {
  const tree = await shellTree('fish');
  const [program = '', ...args] = commandIn(tree, 'usr/bin/fish');
  const commands = [
    `set fish_function_path ${tree}/usr/share/fish/functions`,
    'source $SCRIPT',
    // A tab ends each word; its description follows.
    "cat $WORK/lines | while read --line line; echo == $line; complete -C $line | string replace -r '\\t.*' ''; end; true",
  ];
  return mustRun(program, [...args, '--no-config', '-c', commands.join('\n')], surroundings);
}

async function inZsh(surroundings: ShellPlace): Promise<string> {
  const tree = await shellTree('zsh');
  const [program = '', ...args] = commandIn(tree, 'bin/zsh');
  const variables = { ...surroundings.variables, TREE: tree };
  const capture = join(import.meta.dirname, 'capture.zsh');
  const command = [program, ...args, '-f', capture, program, ...args];
  return mustRun('bash', ['-c', '"$@" < "$WORK/lines"', 'bash', ...command], { ...surroundings, variables });
}
