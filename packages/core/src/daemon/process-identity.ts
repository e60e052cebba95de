import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../contract/index.js';

/**
 * Returns the identity of this process. A lease keeps it, so that others can name the holder and see whether it lives.
 * It is read once, since it never changes.
 */
export function thisProcess(): ProcessIdentity {
  own ??= { host: hostname(), bootId: bootId(), pid: process.pid, startedAt: startOf(process.pid) ?? 'unknown' };
  return own;
}

let own: ProcessIdentity | null = null;

/**
 * Returns true only if the holder is certainly dead: same machine, same boot, same view of process numbers, and no
 * process of that number, or a younger one. On another machine only the lease tells.
 */
export function isCertainlyDead(holder: ProcessIdentity): boolean {
  const here = thisProcess();
  if (holder.host !== here.host || holder.bootId !== here.bootId || here.bootId === UNKNOWN_BOOT) return false;
  return startOf(holder.pid) !== holder.startedAt;
}

/** Returns whether the identity is that of this process; false if nothing tells two processes of one number apart. */
export function isThisProcess({ host, bootId, pid, startedAt }: ProcessIdentity): boolean {
  const here = thisProcess();
  const isKnown = here.bootId !== UNKNOWN_BOOT;
  return isKnown && host === here.host && bootId === here.bootId && pid === here.pid && startedAt === here.startedAt;
}

const UNKNOWN_BOOT = 'unknown';

/**
 * Returns the kernel's boot id and the namespace of process numbers, since a container sees other processes than its
 * host.
 */
function bootId(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return UNKNOWN_BOOT;
  }
}

/**
 * Returns the clock ticks between boot and the start of the process; null if there is no such process, or it is a
 * zombie.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : (rest[18] ?? null);
  } catch {
    return null;
  }
}
