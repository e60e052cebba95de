import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemReason } from '../../system-reason.js';

/** The facts about a folder to write to, found without making it. */
export interface FolderFacts {
  readonly folder: string;
  readonly exists: boolean;
  /** The reason why no file can be made in it; null: one can. */
  readonly refusal: string | null;
  /** The free room of its disk; null: unknown. */
  readonly freeBytes: number | null;
}

/** Returns the facts about the first of these folders that takes files; else those about the last one. */
export function folderFacts(candidates: readonly string[]): FolderFacts | null {
  const all = candidates.map(factsOf);
  return all.find(({ refusal }) => refusal === null) ?? all.at(-1) ?? null;
}

function factsOf(folder: string): FolderFacts {
  const exists = isFolder(folder);
  const nearest = nearestFolder(folder);
  return { folder, exists, refusal: refusalOf(nearest), freeBytes: freeBytesOf(nearest) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Returns the folder itself, else the nearest one above it, in which a run would make it. */
function nearestFolder(folder: string): string {
  let at = folder;
  while (statOrNull(at) === null && dirname(at) !== at) at = dirname(at);
  return at;
}

function statOrNull(path: string) {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function refusalOf(folder: string): string | null {
  try {
    if (!statSync(folder).isDirectory()) return 'ENOTDIR';
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (cause) {
    return systemReason(cause);
  }
}

function freeBytesOf(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
