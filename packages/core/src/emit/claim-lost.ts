/**
 * The claim is not ours any more, or nobody knows what became of a write under it. Whatever memory believes of the store
 * is void (R10): claim again with a higher epoch before anything is repeated (R11), and read afresh.
 */
export class ClaimLost extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'ClaimLost';
  }
}
