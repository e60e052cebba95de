import { expect, it } from 'vitest';
import { pageLanguage } from './page-language.js';

it.each([
  [null, '', 'en'],
  [null, 'es', 'es'],
  [null, 'es-ES,es;q=0.9,en;q=0.8', 'es'],
  [null, 'de-DE,de;q=0.9,en;q=0.8,es;q=0.9', 'es'],
  [null, 'en;q=0.5, ES-419 ; q=0.7', 'es'],
  [null, 'en,es', 'en'],
  [null, 'es;q=0,fr', 'en'],
  [null, '*', 'en'],
  [null, ';;;,q=,es;q=x', 'en'],
  ['es', 'en', 'es'],
  ['en', 'es', 'en'],
  ['de', 'es', 'es'],
  ['constructor', 'toString', 'en'],
])('reads ?lang=%s and the header "%s" as %s', (wanted, accepted, language) => {
  expect(pageLanguage(wanted, accepted)).toBe(language);
});
