import { homedir } from 'node:os';

/** Returns the home folder of the account; null: it has none, as in a container whose user stands in no list of users. */
export function homeFolder(read: () => string = homedir): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
