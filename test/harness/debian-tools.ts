import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that npm cannot bring. */
export interface DebianTool {
  readonly command: string;
  readonly package: string;
  /** What cannot be checked without it. */
  readonly checks: string;
}

/** All that the tests want of the machine itself. */
export const debianTools: readonly DebianTool[] = [
  { command: 'systemd-analyze', package: 'systemd', checks: 'the example unit of systemd' },
  { command: 'python3', package: 'python3', checks: 'the example receiver of webhooks in Python' },
  { command: 'php', package: 'php-cli', checks: 'deliveries to the development server of PHP' },
  { command: 'openssl', package: 'openssl', checks: 'the example receiver of webhooks in shell' },
];

/** Whether the search path leads to a program of that name. */
export function hasCommand(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // Not there, or not ours to run: the next folder may have it.
      return false;
    }
  });
}
