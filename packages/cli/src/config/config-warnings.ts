import { commandToClose, ownSurroundings } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import { permissionsOf } from '../commands/start-warnings.js';
import type { CommandOption } from '../options/command-option.js';
import type { Variables } from '../options/invocation.js';
import { secretsOf } from '../options/secrets.js';
import type { ConfigFile } from './config-file.js';
import type { GivenKey } from './config-layer.js';

/** Returns the secrets that the file holds itself, so that no output shows them. */
export function inlineSecrets({ campaigns }: ConfigFile, options: readonly CommandOption[]): ReadonlySet<string> {
  const given = campaigns.flatMap(({ layer }) => [...layer.values()]);
  return new Set(given.flatMap((each) => [...secretsIn(each, options)]));
}

/** Returns a warning for each key with a secret in the file, and one where others may read such a file. */
export function configWarnings(
  file: string,
  { campaigns }: ConfigFile,
  { options, variables }: { readonly options: readonly CommandOption[]; readonly variables: Variables },
): readonly SinkNotice[] {
  const keys = new Map<string, GivenKey>();
  for (const { layer } of campaigns) {
    for (const given of layer.values()) if (secretsIn(given, options).size > 0) keys.set(given.path, given);
  }
  const inline = [...keys.values()].map(({ key, path, position }): SinkNotice => {
    const message = `${file}:${position.line}:${position.column}: ${path} holds a secret. Safer: ${saferKeys(key.name)}.`;
    return { level: 'warn', code: 'CLI_SECRET_INLINE', message };
  });
  const command = keys.size === 0 ? null : commandToClose(file, permissionsOf(file), ownSurroundings(variables));
  if (command === null) return inline;
  const message = `Other users of this machine may read or change ${file}, which holds secrets. To forbid it: ${command}`;
  return [...inline, { level: 'warn', code: 'CLI_SECRETS_EXPOSED', message }];
}

function secretsIn({ key, text }: GivenKey, options: readonly CommandOption[]): ReadonlySet<string> {
  return key.gives === 'value' ? secretsOf(new Map([[key.option.name, text]]), options) : new Set();
}

function saferKeys(name: string): string {
  if (name === 'webhook-header') return 'webhook-header-file';
  const isOfFile = name === 'token' || name.endsWith('url');
  return isOfFile ? `${name}-file, ${name}-env or ${name}-credential` : 'the url-file of the target';
}
