import type { SharedConnections } from '@dbsync/core';
import { CliError } from '../cli-error.js';
import type { CheckedValues } from './checked-values.js';

const USUAL = 16;
/** With fewer, one campaign could take all places that are not for long work. */
const LEAST = 4;

/** Reads how many connections to one database the campaigns of a file share. null: each campaign has its own. */
export function sharedConnections(checked: CheckedValues): SharedConnections | null {
  const given = checked.number('shared-connections');
  if (given === 0) return null;
  if (given === null) return { most: USUAL, isChosen: false };
  if (given >= LEAST) return { most: given, isChosen: true };
  const message = `--shared-connections takes ${LEAST} or more, or 0, which gives each campaign connections of its own.`;
  throw new CliError('CLI_OPTION_VALUE', message);
}
