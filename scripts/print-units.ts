// node scripts/print-units.ts: prints packages/cli/systemd from the source of `dbsync service install`, for those who copy a unit by hand.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CAMPAIGN_UNIT,
  CONFIG_UNIT,
  campaignUnit,
  configUnit,
  USUAL_CONFIG,
} from '../packages/cli/src/service/systemd-unit.ts';

export const unitFolder = join(import.meta.dirname, '../packages/cli/systemd');

/** Returns the units by their file names. @param program the words that start dbsync, an absolute path first */
export function units(program: readonly string[] = ['/usr/bin/env', 'dbsync']): Readonly<Record<string, string>> {
  return { [CAMPAIGN_UNIT]: campaignUnit(program), [CONFIG_UNIT]: configUnit(program, USUAL_CONFIG) };
}

if (import.meta.main) {
  mkdirSync(unitFolder, { recursive: true });
  for (const [name, text] of Object.entries(units())) writeFileSync(join(unitFolder, name), text);
  console.log(`Wrote ${unitFolder}.`);
}
