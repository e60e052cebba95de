import { expect, it } from 'vitest';
import { languageOfReader } from './language-of-reader.js';

it.each([
  ['en', undefined, {}],
  ['en', undefined, { LANG: 'C' }],
  ['en', undefined, { LANG: 'C.UTF-8' }],
  ['en', undefined, { LANG: 'POSIX' }],
  ['en', undefined, { LANG: 'en_US.UTF-8' }],
  ['en', undefined, { LANG: 'fr_FR.UTF-8' }],
  ['es', undefined, { LANG: 'es' }],
  ['es', undefined, { LANG: 'es_ES' }],
  ['es', undefined, { LANG: 'es_419.UTF-8' }],
  ['es', undefined, { LANG: 'es_MX.utf8' }],
  ['de', undefined, { LANG: 'de_DE@euro' }],
  ['de', undefined, { LANG: 'de_AT.UTF-8@euro' }],
  ['en', undefined, { LANG: 'de_DE.ISO-8859-1' }],
  ['en', undefined, { LANG: 'deu_DE.UTF-8' }],
  ['de', undefined, { LANG: 'es_ES.UTF-8', LC_MESSAGES: 'de_DE.UTF-8' }],
  ['es', undefined, { LANG: 'de_DE.UTF-8', LC_MESSAGES: 'de_DE.UTF-8', LC_ALL: 'es_ES.UTF-8' }],
  ['en', undefined, { LANG: 'de_DE.UTF-8', LC_ALL: 'C' }],
  ['de', undefined, { LANG: 'de_DE.UTF-8', LC_ALL: '', LC_MESSAGES: '' }],
  ['en', 'en', { LC_ALL: 'de_DE.UTF-8' }],
  ['es', 'es', { LC_ALL: 'de_DE.ISO-8859-1' }],
  ['de', 'fr', { LANG: 'de_DE.UTF-8' }],
])('chooses %s for --lang %s and %j', (language, given, variables) => {
  expect(languageOfReader(given, variables)).toBe(language);
});
