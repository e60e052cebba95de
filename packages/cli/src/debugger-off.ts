/**
 * Keeps the debugger of Node.js closed. By default the signal SIGUSR1 opens it on a port of this machine. Every user of the machine can
 * connect there, read the token and the password, and run code as the user of dbsync.
 *
 * The handler takes the signal away from Node.js. This needs no flag and no second start, so it holds however dbsync is started.
 * A signal that came before the handler may have opened the debugger, or does so a moment later: it is closed again. An option such as
 * `--inspect` is the wish of the user who starts dbsync, and it is left alone.
 */
export function keepDebuggerClosed(): void {
  process.on('SIGUSR1', () => {});
  if (isDebuggerWished()) return;
  closeDebugger();
  // Node.js asks for the debugger in two ways. What it asks through the event loop is done before an immediate, and after a timer.
  setImmediate(closeDebugger);
  setTimeout(() => setImmediate(closeDebugger), LATE_MS).unref();
}

/** The thread that waits for the signal has had its turn by then. */
const LATE_MS = 1_000;

/** True where the command line of Node.js or `NODE_OPTIONS` asks for the debugger. */
export function isDebuggerWished(): boolean {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return words.some((word) => /^["']?--inspect(?:-brk|-wait)?(?:=|["']?$)/.test(word));
}

/** The module costs time at the start, so it is loaded only where it exists. */
function closeDebugger(): void {
  if (!process.features.inspector) return;
  const inspector = process.getBuiltinModule('node:inspector');
  if (inspector.url() !== undefined) inspector.close();
}
