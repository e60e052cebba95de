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

const TICKS_A_SECOND = 100;

/** Returns the CPU seconds of the process so far, user and system; null where the system does not report them. */
export function cpuSecondsOf(pid: number | undefined): number | null {
  try {
    const [, user = 0, system = 0] =
      /\) \S(?: \S+){10} (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return (Number(user) + Number(system)) / TICKS_A_SECOND;
  } catch {
    return null;
  }
}
