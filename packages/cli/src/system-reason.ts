/** Returns the system's code for a failed call, such as `EACCES` or `ENOSPC`. */
export function systemReason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'reason unknown';
}
