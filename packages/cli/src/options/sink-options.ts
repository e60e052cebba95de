import type { SinkManifest } from '@dbsync/core/contract';
import type { CommandOption } from './command-option.js';

/**
 * Returns `--<scheme>-<name>` for all options in the manifests of installed sinks. The help shows each under the first
 * scheme of its sink, and leaves out those that have a flag of the command itself.
 */
export function sinkCommandOptions(manifests: readonly SinkManifest[]): readonly CommandOption[] {
  return manifests.flatMap(({ schemes, options }) =>
    schemes.flatMap((scheme, index) =>
      Object.entries(options).map(([name, option]) => ({
        name: `${scheme}-${name}`,
        type: option.type === 'boolean' ? ('flag' as const) : ('text' as const),
        group: 'Options of installed sinks' as const,
        help: option.help,
        hidden: option.shared === true || index > 0,
        sensitive: option.sensitive === true,
        ...(option.values === undefined ? {} : { values: option.values.map(String) }),
        ...(option.default === undefined || option.sensitive === true ? {} : { default: String(option.default) }),
      })),
    ),
  );
}
