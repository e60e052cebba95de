import type { SinkPlugin } from '@dbsync/core/cli-kit';
import { type Explanation, openCatalogues } from './catalogues.js';
import type { Language } from './language-of-reader.js';
import { englishWords, filledIn, type Words } from './words.js';

/** The language of the person who reads the output. */
export interface ReaderLanguage {
  readonly words: Words;
  /** Returns what explains an error code; null in English, where the message does, and for a code without a translation. */
  explain(code: string): Explanation | null;
  /** Makes the catalogues of these sinks known. */
  addSinks(plugins: readonly SinkPlugin[]): void;
  /** Explains from now on the codes of this target's sink, and no more those of sinks that are only installed. */
  useSinkOf(url: string): void;
}

export const english: ReaderLanguage = {
  words: englishWords,
  explain: () => null,
  addSinks: () => {},
  useSinkOf: () => {},
};

/**
 * Returns the language for a stream beside stdout: that of stdout, but English where no language was chosen and the stream is no terminal.
 *
 * @param isChosen whether `--lang` or `DBSYNC_LANG` is given
 */
export function languageBeside(
  ofStdout: ReaderLanguage,
  stream: { readonly isTTY?: boolean },
  isChosen: boolean,
): ReaderLanguage {
  return isChosen || stream.isTTY === true ? ofStdout : english;
}

/** Returns the texts of a language. No file is read before a text is wanted, and none for English. */
export function createReaderLanguage(language: Language): ReaderLanguage {
  if (language === 'en') return english;
  let installed: readonly SinkPlugin[] = [];
  const schemes = new Set<string>();
  let catalogues = openCatalogues(language, [], []);
  return {
    words: (text, values = {}) => filledIn(catalogues.text(text) ?? text, values),
    explain: (code) => catalogues.explanation(code),
    addSinks: (plugins) => {
      installed = plugins;
      catalogues = openCatalogues(language, plugins, plugins);
    },
    useSinkOf: (url) => {
      schemes.add(url.slice(0, url.indexOf(':')).toLowerCase());
      const atWork = installed.filter(({ manifest }) => manifest.schemes.some((scheme) => schemes.has(scheme)));
      catalogues = openCatalogues(language, installed, atWork);
    },
  };
}
