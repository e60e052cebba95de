/**
 * Keeps the debugger of Node.js closed. By default the signal SIGUSR1 opens it on a port of this machine. Every user of
 * the machine can connect there, read the token and the password, and run code as the user of dbsync.
 *
 * The handler takes the signal away from Node.js. This needs no flag and no second start, so it works however dbsync is
 * started. A signal that came before the handler may have opened the debugger, or does so a moment later: it is closed
 * again. An option such as `--inspect` is set on purpose by the user who starts dbsync, and dbsync respects it.
 */
export function keepDebuggerClosed(): void {
  process.on('SIGUSR1', () => {});
  if (isDebuggerWanted()) return;
  closeDebugger();
  // Node.js opens the debugger in two ways. A request through the event loop is done before an immediate; the other way
  // is done before a timer.
  setImmediate(closeDebugger);
  setTimeout(() => setImmediate(closeDebugger), LATE_MS).unref();
}

/** By then the thread that waits for the signal has run. */
const LATE_MS = 1_000;

/** True where the command line of Node.js or `NODE_OPTIONS` asks for the debugger. */
export function isDebuggerWanted(): boolean {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return words.some((word) => /^["']?--inspect(?:-brk|-wait)?(?:=|["']?$)/.test(word));
}

/** Closes the debugger. The module costs time at the start, so it is loaded only where it exists. */
function closeDebugger(): void {
  if (!process.features.inspector) return;
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector.url() !== undefined) inspector.close();
}
