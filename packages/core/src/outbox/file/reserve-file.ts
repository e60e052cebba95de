import { randomFillSync } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CallOptions } from '../../contract/index.js';
import { SinkError } from '../../contract/index.js';

/** A reserve file, deleted when the disk is full (R30). */
export interface Ballast {
  /** Creates the reserve file if it is missing. Throws `OUTBOX_FULL` while there is no room for it. */
  restore(options: CallOptions): Promise<void>;
  /** Deletes the reserve file at once. Returns whether it existed. */
  release(): boolean;
  /** True after the file was deleted or could not be created, until it exists again. */
  readonly isMissing: boolean;
}

const MIB = 1024 * 1024;

/** Enough for the write-ahead log beside the file, several times over. */
export const BALLAST_BYTES = 32 * MIB;

/**
 * Creates a reserve file of that many bytes; 0: none. It holds noise, which no file system can compress. It is created
 * only if twice its size is free, so that on a disk that is nearly full it is not created and deleted again and again.
 */
export function createBallast(file: string, bytes: number): Ballast {
  let isThere = bytes === 0;
  let isMissing = false;

  const full = (cause?: unknown) => {
    const room = `less than ${Math.ceil((2 * bytes) / MIB)} MiB free`;
    const message = `The disk of ${dirname(file)} is full, or has ${room}: nothing is queued until there is room again.`;
    return new SinkError('OUTBOX_FULL', message, { verdict: 'retryable', outcome: 'not-committed', cause });
  };

  return {
    async restore({ signal }) {
      if (isThere) return;
      try {
        if ((await sizeOf(file)) !== bytes) {
          if ((await freeBytes(dirname(file))) < 2 * bytes) throw full();
          await fill(file, bytes, signal);
        }
        isThere = true;
        isMissing = false;
      } catch (error) {
        rmSync(file, { force: true });
        isMissing = true;
        throw isNoRoom(error) ? full(error) : error;
      }
    },
    release() {
      if (bytes === 0 || !existsSync(file)) return false;
      rmSync(file);
      isThere = false;
      isMissing = true;
      return true;
    },
    get isMissing() {
      return isMissing;
    },
  };
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function fill(file: string, bytes: number, signal: AbortSignal): Promise<void> {
  await rm(file, { force: true });
  await using handle = await open(file, 'wx', 0o600);
  const noise = randomFillSync(Buffer.allocUnsafe(Math.min(MIB, bytes)));
  for (let written = 0; written < bytes; ) {
    signal.throwIfAborted();
    written += (await handle.write(noise.subarray(0, bytes - written))).bytesWritten;
  }
  await handle.sync();
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
