import { hostname, userInfo } from 'node:os';
import type { Operator } from '@dbsync/core/contract';

/** Returns the person who runs the command. */
export function operator(variables: NodeJS.ProcessEnv = process.env): Operator {
  const { SUDO_USER } = variables;
  const user = SUDO_USER === undefined || SUDO_USER === '' ? userName() : `${SUDO_USER} (sudo)`;
  return { user, host: hostname() };
}

/** Returns the person in one word, as acts on deliveries name it: `ada@host`, or `ada (sudo)@host`. */
export function operatorName(variables: NodeJS.ProcessEnv = process.env): string {
  const { user, host } = operator(variables);
  return `${user}@${host}`;
}

/** Returns the user's name. In a container the user may have none. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}
