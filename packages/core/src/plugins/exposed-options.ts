import { statSync } from 'node:fs';
import type { OptionValue, SinkManifest, SinkNotice } from '../contract/index.js';
import { commandToClose, type Permissions } from '../network/exposed-file.js';

/** Returns a notice for each option that names a file of secrets which other users of the machine may use. */
export function exposedOptions(
  { options }: Pick<SinkManifest, 'options'>,
  given: Readonly<Record<string, OptionValue>>,
): readonly SinkNotice[] {
  const notices: SinkNotice[] = [];
  for (const [name, path] of Object.entries(given)) {
    if (options[name]?.isSecretFile !== true || typeof path !== 'string' || path === '') continue;
    const command = commandToClose(path, permissionsOf(path));
    if (command === null) continue;
    const message = `Other users of this machine may read or change the file of ${name}. To forbid it: ${command}`;
    notices.push({ level: 'warn', code: 'SINK_SECRETS_EXPOSED', message });
  }
  return notices;
}

/** Reads permissions; null where there is no file: the sink reports that. */
function permissionsOf(path: string): Permissions | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
