import { arch, release, type } from 'node:os';
import { listSinkPlugins } from '@dbsync/core/cli-kit';
import { type Ending, exitCodeOf, failureOf } from '../../exit-code.js';
import { pluginFolders } from '../../options/plugin-folders.js';
import { logFolders } from '../../reporting/log-place.js';
import { createOutput } from '../../terminal/output.js';
import { packageVersion } from '../../version.js';
import type { CommandContext } from '../command-context.js';
import { logTails } from './log-tails.js';

/** One file of the archive, or several. */
export interface DiagPart {
  readonly name: string;
  make(context: CommandContext, find: FindCommand): Promise<readonly DiagFile[]>;
}

/** Finds a command by its name. It is handed in, since the list of commands imports this one. */
export type FindCommand = (name: string) => { load(): Promise<Perform> } | undefined;
type Perform = (context: CommandContext) => Promise<Ending>;

export interface DiagFile {
  readonly name: string;
  readonly text: string;
}

/** The parts of the archive. A command that shows something is one line here; one that is not there is left out. */
export const diagParts: readonly DiagPart[] = [
  { name: 'versions', make: async (context) => [{ name: 'versions.txt', text: await versions(context) }] },
  { name: 'options', make: async (context) => [{ name: 'options.txt', text: options(context) }] },
  ofCommand('doctor', { 'no-sample': 'true' }),
  ofCommand('status'),
  ofCommand('plan'),
  { name: 'logs', make: async (context) => logs(context) },
];

/** Returns the part that holds the output of a command, with its exit code. */
function ofCommand(name: string, more: Readonly<Record<string, string>> = {}): DiagPart {
  return {
    name,
    make: async (context, find) => {
      const written: string[] = [];
      const stream = { write: (text: string, done?: () => void) => [written.push(text), done?.()], on: () => {} };
      const output = createOutput(stream, context.guard.redact);
      const values = new Map([...context.values, ...Object.entries(more)]);
      values.delete('json');
      const perform = await find(name)?.load();
      if (perform === undefined) return [];
      try {
        const ending = await perform({ ...context, operands: [], values, output });
        output.line(`\nExit code: ${exitCodeOf(ending)}`);
      } catch (error) {
        const { code, message, remedy, exit } = failureOf(error, context.codes);
        output.line(`${code}: ${message}\n${remedy ?? ''}\n\nExit code: ${exit}`);
      }
      return [{ name: `${name}.txt`, text: written.join('') }];
    },
  };
}

async function versions({ values }: CommandContext): Promise<string> {
  const found = await listSinkPlugins(pluginFolders(values.get('plugin-dir')));
  const lines = [
    `dbsync ${packageVersion()}`,
    `Node.js ${process.versions.node}`,
    `${type()} ${release()}, ${arch()}`,
    ...found.plugins.map(({ packageName, version }) => `${packageName} ${version}`),
    ...found.unusable.map(({ error }) => error.message),
  ];
  return `${lines.join('\n')}\n`;
}

/** Writes the given options. Values of sensitive ones are left out; of an address only its scheme and host stay. */
function options({ values, options: known }: CommandContext): string {
  const lines = [...values].map(([name, value]) => {
    const isSensitive = known.find((option) => option.name === name)?.sensitive === true;
    if (name === 'url' || name === 'proxy') return `--${name} ${hostOf(value)}`;
    return `--${name} ${isSensitive ? '***' : value}`;
  });
  return `${lines.toSorted().join('\n')}\n`;
}

function hostOf(address: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:)(.*)$/is.exec(address) ?? [];
  if (!rest.startsWith('//')) return `${scheme}...`;
  const [host = ''] = rest
    .slice(rest.lastIndexOf('@') + 1)
    .replace(/^\/\//, '')
    .split(/[/?#]/, 1);
  return `${scheme}//${host}/...`;
}

/** Returns the ends of the newest logs: those of the campaign, where it was given. */
function logs({ values }: CommandContext): readonly DiagFile[] {
  const tails = logTails(logFolders(values.get('log-dir') ?? null), values.get('campaign'));
  return tails.map(({ name, text }) => ({
    name: `logs/${name}`,
    text,
  }));
}
