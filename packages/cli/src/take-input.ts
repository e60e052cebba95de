import type { Variables } from './options/invocation.js';

/** The words and the variables of the call of dbsync. */
export interface Input {
  readonly argv: readonly string[];
  readonly variables: Variables;
}

/**
 * Takes the input out of `process`. Code that runs later in this process finds no secret in `process.argv` and `process.env`, a
 * child process inherits none, and a diagnostic report of Node.js has none. The system keeps a copy of the first environment in
 * `/proc/PID/environ`, which the same user and root can read: only files keep a secret out of that.
 */
export function takeInput(): Input {
  const argv = process.argv.splice(2);
  const variables = { ...process.env };
  for (const [name, value = ''] of Object.entries(variables)) {
    if (name.startsWith('DBSYNC_') || (PROXY.test(name) && value.includes('@'))) delete process.env[name];
  }
  refuseReports();
  return { argv, variables };
}

/** Matches the variables of a proxy, which dbsync itself reads. */
const PROXY = /^(?:https?|all)_proxy$/i;

/** Switches off reports, which have the whole command line, and no option leaves it out. */
function refuseReports(): void {
  const { report } = process;
  report.excludeEnv = true;
  report.reportOnFatalError = false;
  report.reportOnSignal = false;
  report.reportOnUncaughtException = false;
}
