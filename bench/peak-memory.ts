import { readFileSync } from 'node:fs';

/** Returns the most memory that the process has held so far; null where the system does not report it. */
export function peakMegabytesOf(pid: number | undefined): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) / 1024 : null;
  } catch {
    return null;
  }
}
