import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** The alerts that were delivered last, in a file: a process that restarts again and again reports no more than one that lasts. */
export interface AlertMemory {
  read(): DeliveredAlerts;
  /** Keeps them. A failure is ignored: at worst an alert is sent once more. */
  keep(alerts: DeliveredAlerts): void;
}

/** The alerts that were delivered last. */
export interface DeliveredAlerts {
  /** The time when the last alert of each kind was delivered, by the clock of the machine. */
  readonly sentMs: Readonly<Record<string, number>>;
  /** True where an alert has reported something that lasts, and none its end. */
  readonly isAlarmed: boolean;
}

const NONE: DeliveredAlerts = { sentMs: {}, isAlarmed: false };

/** @param path null: nothing outlives the process */
export function createAlertMemory(path: string | null): AlertMemory {
  return {
    read() {
      try {
        return path === null ? NONE : parsed(JSON.parse(readFileSync(path, 'utf8')));
      } catch {
        return NONE;
      }
    },
    keep(alerts) {
      if (path === null) return;
      const next = `${path}.${process.pid}`;
      try {
        // Never follows a link that another user has put there.
        writeFileSync(next, JSON.stringify(alerts), { flag: 'wx', mode: 0o600 });
        renameSync(next, path);
      } catch {
        rmSync(next, { force: true });
      }
    },
  };
}

function parsed(stored: unknown): DeliveredAlerts {
  if (typeof stored !== 'object' || stored === null) return NONE;
  const { sentMs = null, isAlarmed } = stored as Partial<Record<keyof DeliveredAlerts, unknown>>;
  const times = Object.entries(typeof sentMs === 'object' && sentMs !== null ? sentMs : {});
  return {
    sentMs: Object.fromEntries(times.filter(([, ms]) => Number.isSafeInteger(ms))),
    isAlarmed: isAlarmed === true,
  };
}
