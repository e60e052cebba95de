import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that npm cannot bring. */
export interface DebianTool {
  readonly command: string;
  readonly package: string;
  /** The check that needs it. */
  readonly checks: string;
}

/** The programs that the tests need from the machine itself. */
export const debianTools: readonly DebianTool[] = [
  { command: 'systemd-analyze', package: 'systemd', checks: 'the unit of systemd' },
  { command: 'dpkg-deb', package: 'dpkg', checks: 'the package for Debian' },
  { command: 'zip', package: 'zip', checks: 'the archive for Windows' },
  { command: 'python3', package: 'python3', checks: 'the example receiver of webhooks in Python' },
  { command: 'php', package: 'php-cli', checks: 'deliveries to the development server of PHP' },
  { command: 'script', package: 'bsdutils', checks: 'questions at a terminal' },
  { command: 'sqlite3', package: 'sqlite3', checks: 'the backup of a state file by the shell of SQLite' },
  { command: 'openssl', package: 'openssl', checks: 'the example receiver of webhooks in shell' },
];

/** True where the search path leads to a program of that name. */
export function hasCommand(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      // The program is not there, or this user may not run it: the next folder may have it.
      return false;
    }
  });
}
