import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '@dbsync/core/cli-kit';

export interface EarlierStop {
  /** The time, ISO 8601 UTC. */
  readonly at: string;
  readonly file: string;
}

/** Returns how far the old client had come with this campaign, by its own state file; null where it was not here. */
export function earlierClientStop(campaign: string, folders = usualFolders()): EarlierStop | null {
  for (const folder of folders) {
    const file = join(folder, `${campaign}.json`);
    const at = readTimestamp(file);
    if (at !== null) return { at, file };
  }
  return null;
}

function usualFolders(): readonly string[] {
  const home = homeFolder();
  return ['/var/opt/dbsync2', ...(home === null ? [] : [join(home, '.dbsync2')])];
}

/** Reads the time. Null for a torn file, or for a file of another kind. */
function readTimestamp(file: string): string | null {
  try {
    const { timestamp } = JSON.parse(readFileSync(file, 'utf8'));
    const date = new Date(timestamp);
    return typeof timestamp === 'string' && !Number.isNaN(date.getTime()) ? date.toISOString() : null;
  } catch {
    return null;
  }
}
