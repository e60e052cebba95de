import { hostname, userInfo } from 'node:os';

/** Who runs the command, as it is recorded: `ada@host`, or `ada (sudo)@host`. */
export function operatorName(variables: NodeJS.ProcessEnv = process.env): string {
  const { SUDO_USER } = variables;
  const user = SUDO_USER === undefined || SUDO_USER === '' ? userName() : `${SUDO_USER} (sudo)`;
  return `${user}@${hostname()}`;
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
