import { expect, it } from 'vitest';
import { decoded, decodedOrNull } from './decoded.js';

it('decodes escapes, and leaves a text with an invalid one as it is', () => {
  expect([decoded('a%20b%C3%A9'), decoded('100%'), decoded('')]).toEqual(['a bé', '100%', '']);
  expect([decodedOrNull('a%2Fb'), decodedOrNull('%zz')]).toEqual(['a/b', null]);
});
