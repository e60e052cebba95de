import { CliError } from '../cli-error.js';
import type { SecretGuard } from '../reporting/secret-guard.js';
import type { CheckedValues } from './checked-values.js';
import { readSecretFile } from './secret-file.js';

/** The address where monitoring and browsers find the run. */
export interface MetricsOptions {
  readonly host: string;
  /** The port; 0: any free one. */
  readonly port: number;
  /** The file with the password of metrics and of the status page; null: there is none. */
  readonly passwordFile: string | null;
}

/** Programs may try 64 passwords a second: a shorter one could be found. */
const LEAST_CHARACTERS = 12;

/** Reads the options; null: nothing listens. */
export function metricsOptions(checked: CheckedValues): MetricsOptions | null {
  const port = checked.number('metrics-port');
  if (port === null) return null;
  return {
    host: checked.text('metrics-host') ?? '127.0.0.1',
    port,
    passwordFile: checked.text('metrics-password-file'),
  };
}

/** Returns remarks about options that do nothing. */
export function metricsRemarks(checked: CheckedValues): readonly string[] {
  if (checked.number('metrics-port') !== null) return [];
  return (['metrics-host', 'metrics-password-file'] as const)
    .filter((name) => checked.text(name) !== null)
    .map((name) => `--${name} has no effect without --metrics-port.`);
}

/** Reads the password, and guards it; null: there is none. */
export async function readMetricsPassword(file: string | null, guard: SecretGuard): Promise<string | null> {
  if (file === null) return null;
  const password = await readSecretFile(file, 'metrics-password-file');
  guard.protect([password]);
  if (Array.from(password).length >= LEAST_CHARACTERS) return password;
  const message = `The password in the file of --metrics-password-file has fewer than ${LEAST_CHARACTERS} characters: ${file}`;
  throw new CliError('CLI_FILE_UNREADABLE', `${message}. Make one by: openssl rand -base64 24`);
}
