/**
 * Thrown where this process has lost the claim, or it is unknown whether a write under the claim was committed. Everything that
 * memory holds about the store is invalid then (R10): claim again with a higher epoch before repeating anything (R11),
 * and read the store again.
 */
export class ClaimLost extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ClaimLost';
  }
}
