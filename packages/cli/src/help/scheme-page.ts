import type { SinkPlugin } from '@dbsync/core/cli-kit';
import { type HelpPage, type HelpReader, renderPage } from '../options/help-page.js';
import { sinkCommandOptions } from '../options/sink-options.js';

/** Writes the page of `dbsync help SCHEME`: the options of the sink that serves this scheme. */
export function schemePage(plugin: SinkPlugin, scheme: string, reader: HelpReader): Promise<string> {
  const { packageName, version, manifest } = plugin;
  const sameTarget = manifest.schemes.filter((other) => other !== scheme);
  const page: HelpPage = {
    usage: [
      'dbsync --mode MODE --campaign ID --token TOKEN --url {example}',
      '',
      sameTarget.length === 0
        ? 'Targets of the scheme {scheme} are served by {package} {version}.'
        : 'Targets of the scheme {scheme} are served by {package} {version}. So are those of {others}.',
    ].join('\n'),
    shows: () => true,
    examples: [],
    footer:
      manifest.ownsQuery === true
        ? 'The query of the address belongs to the target, and is passed on.'
        : 'Each option can be a parameter of the address too: ?NAME=VALUE in the place of --{scheme}-NAME VALUE. dbsync help options shows the others.',
    values: {
      example: manifest.example ?? `${scheme}:...`,
      scheme,
      package: packageName,
      version,
      others: sameTarget.join(', '),
    },
  };
  return renderPage(page, sinkCommandOptions([{ ...manifest, schemes: [scheme] }]), reader);
}
