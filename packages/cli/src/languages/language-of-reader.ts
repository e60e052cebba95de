/** The languages of the help and of what explains an error. English is in the sources, the others are catalogues. */
export const LANGUAGES = ['en', 'es', 'de'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The variables that name the language of messages, the strongest first, as POSIX has them. */
const VARIABLES = ['LC_ALL', 'LC_MESSAGES', 'LANG'] as const;

/**
 * Chooses the language: the one of `--lang` or `DBSYNC_LANG`, else that of the first variable which is set, such as `es_ES.UTF-8`.
 * English for a language without catalogues, and where the terminal has other characters than UTF-8.
 *
 * @param given the value of `--lang`; one that is none of ours counts as not given
 * @param variables the environment where the output is a terminal, else none
 */
export function languageOfReader(
  given: string | undefined,
  variables: Readonly<Record<string, string | undefined>>,
): Language {
  if (isOurs(given)) return given;
  const locale = VARIABLES.map((name) => variables[name]).find((value) => value !== undefined && value !== '');
  const [, language, characters = 'UTF-8'] = LOCALE.exec(locale ?? '') ?? [];
  return isOurs(language) && /^utf-?8$/i.test(characters) ? language : 'en';
}

/**
 * Matches `es`, `es_ES`, `es_ES.UTF-8` and `de_DE.UTF-8@euro`, with the language and the characters. A locale without characters
 * counts as UTF-8: for glibc it is ISO-8859-1, but other systems and most terminals take it as UTF-8.
 */
const LOCALE = /^([a-z]{2})(?:_[A-Z0-9]+)?(?:\.([\w-]+))?(?:@\w+)?$/;

function isOurs(text: string | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}
