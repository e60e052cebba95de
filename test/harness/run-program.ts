import { spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

export interface ProgramResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramPlace {
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs a program to its end, with the Node of the repository first in the search path. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, variables = {} }: ProgramPlace,
): Promise<ProgramResult> {
  const path = [dirname(process.execPath), variables.PATH ?? process.env.PATH].join(delimiter);
  const env = { ...process.env, NO_COLOR: '1', ...variables, PATH: path };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, ...output }));
  });
}

/**
 * Runs a program to its end; returns all that it printed.
 *
 * @throws Error with the output unless it ended with 0
 */
export async function mustRun(command: string, args: readonly string[], settings: ProgramPlace): Promise<string> {
  const { status, stdout, stderr } = await runProgram(command, args, settings);
  if (status === 0) return stdout + stderr;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${(stdout + stderr).slice(-4_000)}`);
}
