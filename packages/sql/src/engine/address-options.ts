import type { OptionValue } from '@dbsync/core/contract';

/** Reads an option. An empty one counts as not given. */
export function textOption(value: OptionValue | undefined): string | null {
  return value === undefined || value === '' ? null : String(value);
}

/** True for names and addresses of this machine. Data that is sent there never leaves it. */
export function isLocalHost(host: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/i.test(host);
}
