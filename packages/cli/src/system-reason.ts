/** The system's own word for why a call failed, such as `EACCES` or `ENOSPC`. */
export function systemReason(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'reason unknown';
}
