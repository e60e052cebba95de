import { createRedactor, type Redactor } from '@dbsync/core/cli-kit';

/** Holds all secrets that must not leave the process, and adds more as options are read. */
export interface SecretGuard {
  readonly redact: Redactor;
  /** Guards these secrets from now on. */
  protect(secrets: Iterable<string>): void;
}

export function createSecretGuard(): SecretGuard {
  const known = new Set<string>();
  let redact = createRedactor(known);
  return {
    redact: (text) => redact(text),
    protect: (secrets) => {
      for (const secret of secrets) known.add(secret);
      redact = createRedactor(known);
    },
  };
}
