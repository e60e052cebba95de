import { spawnSync } from 'node:child_process';

/** Runs a program to its end. @throws Error with its output unless it ended with 0 */
export function mustRun(
  program: string,
  args: readonly string[],
  cwd: string,
  variables: NodeJS.ProcessEnv = {},
  input = '',
): string {
  const env = { ...process.env, ...variables };
  const options = { cwd, encoding: 'utf8', env, input, maxBuffer: MAX_OUTPUT_BYTES } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (status === 0) return stdout;
  const said = error
    ? `${error.message}. Install it, on Debian by apt-get install.`
    : `${stdout}${stderr}`.slice(-4_000);
  throw new Error(`${program} ${args.slice(0, 3).join(' ')} ... failed: ${said}`);
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
