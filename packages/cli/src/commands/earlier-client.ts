import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface EarlierStop {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly file: string;
}

/** How far the old client was with this campaign, as its own state file says; null where it was not here. */
export function earlierClientStop(campaign: string, folders = usualFolders()): EarlierStop | null {
  for (const folder of folders) {
    const file = join(folder, `${campaign}.json`);
    const at = readTimestamp(file);
    if (at !== null) return { at, file };
  }
  return null;
}

function usualFolders(): readonly string[] {
  return ['/var/opt/dbsync2', join(homedir(), '.dbsync2')];
}

/** A torn file, or one of something else, says nothing. */
function readTimestamp(file: string): string | null {
  try {
    const { timestamp } = JSON.parse(readFileSync(file, 'utf8'));
    const date = new Date(timestamp);
    return typeof timestamp === 'string' && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
  } catch {
    return null;
  }
}
