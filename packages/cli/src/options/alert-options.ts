import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';

/** The ways by which a run reports trouble. null: not wanted. */
export interface AlertOptions {
  readonly url: string | null;
  readonly secretFile: string | null;
  readonly command: string | null;
  readonly healthcheckUrl: string | null;
}

export function alertOptions(checked: CheckedValues): AlertOptions {
  return {
    url: urlOf(checked, 'alert-url'),
    secretFile: checked.text('alert-secret-file'),
    command: checked.text('alert-command'),
    healthcheckUrl: urlOf(checked, 'healthcheck-url'),
  };
}

/** The URL is a secret, so the message does not show it. */
function urlOf(checked: CheckedValues, name: 'alert-url' | 'healthcheck-url'): string | null {
  const text = checked.text(name)?.trim() ?? null;
  if (text === null) return null;
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return text;
  throw new CliError('CLI_OPTION_VALUE', `--${name} takes an address that begins with https:// or http://.`);
}
