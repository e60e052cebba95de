import { expect, it } from 'vitest';
import { encryption, preloginResponse, readEncryptionOption } from './prelogin.ts';

it.each(Object.entries(encryption))('says and reads of encryption: %s', (_, said) => {
  expect(readEncryptionOption(preloginResponse([16, 0, 1000], said))).toBe(said);
});

it('takes no word of encryption for no support of it', () => {
  const versionOnly = Buffer.of(0x00, 0, 6, 0, 6, 0xff, 16, 0, 0, 0, 0, 0);
  expect(readEncryptionOption(versionOnly)).toBe(encryption.notSupported);
});
