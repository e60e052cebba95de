import { createFieldRules, type FieldRules } from '@dbsync/core';
import type { FieldOptions } from '../options/field-options.js';
import { readSecretFile } from '../options/secret-file.js';
import type { CommandContext } from './command-context.js';

/** Reads the key, which no output may show, and makes the rules. */
export async function readFieldRules(
  { exclude, hash, keyFile }: FieldOptions,
  { guard }: Pick<CommandContext, 'guard'>,
): Promise<FieldRules | null> {
  const key = keyFile === null ? null : await readSecretFile(keyFile, 'hash-key-file');
  if (key !== null) guard.protect(new Set([key]));
  return createFieldRules({ exclude, hash, key });
}
