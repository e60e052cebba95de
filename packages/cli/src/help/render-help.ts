import { CliError } from '../cli-error.js';
import { commandNamed, commandNames } from '../commands/commands.js';
import { type HelpReader, renderPage } from '../options/help-page.js';
import type { CompleteInvocation } from '../options/invocation.js';
import { nearestName } from '../options/nearest-name.js';
import { allOptionsPage } from './all-options-page.js';
import { frontPage } from './front-page.js';
import { schemePage } from './scheme-page.js';

/** The topic of `dbsync help options`. */
const ALL_OPTIONS = 'options';

/**
 * Writes the page of a topic: a command, `options`, or the scheme of an installed sink; without a topic the first page.
 *
 * @throws CliError `CLI_WORD_UNEXPECTED` for another topic
 */
export async function renderHelp(
  topic: string | undefined,
  { options, plugins }: CompleteInvocation,
  reader: HelpReader,
): Promise<string> {
  const schemes = plugins.flatMap(({ manifest }) => manifest.schemes);
  if (topic === undefined) return frontPage(schemes, reader);
  const page = topic === ALL_OPTIONS ? allOptionsPage : commandNamed(topic)?.page;
  if (page !== undefined) return renderPage(page, options, reader);
  const plugin = plugins.find(({ manifest }) => manifest.schemes.includes(topic));
  if (plugin !== undefined) return schemePage(plugin, topic, reader);
  throw unknownTopic(topic, [ALL_OPTIONS, ...commandNames(), ...schemes]);
}

function unknownTopic(word: string, topics: readonly string[]): CliError {
  const nearest = nearestName(word.toLowerCase(), topics);
  const meant = nearest === null ? '' : ` Did you mean dbsync help ${nearest}?`;
  return new CliError(
    'CLI_WORD_UNEXPECTED',
    `The help has no page for this word of ${word.length} letters.${meant} Pages: ${topics.join(', ')}.`,
  );
}
