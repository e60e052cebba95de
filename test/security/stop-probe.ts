import { writeFileSync } from 'node:fs';

/**
 * Loaded into a process by `--import`. Notes how the process ended after SIGTERM: the CPU time that it took in all, and the
 * timers of at least a second that it waited for meanwhile, such as the one that ends a drain. So a test needs no clock.
 */
const report = process.env.STOP_PROBE_REPORT ?? '';
const startTimer = globalThis.setTimeout;
const LONG_MS = 1_000;
const awaited: number[] = [];
let isStopping = false;

process.prependListener('SIGTERM', () => {
  isStopping = true;
});

/** Notes a long timer that was begun after the signal and was waited for. */
function noted(callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout {
  const isNoted = isStopping && ms >= LONG_MS;
  return startTimer(() => {
    if (isNoted) awaited.push(ms);
    callback(...args);
  }, ms);
}

globalThis.setTimeout = Object.assign(noted, startTimer);
process.on('exit', () => writeFileSync(report, JSON.stringify({ cpuMicros: process.cpuUsage(), awaited })));
