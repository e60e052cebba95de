import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { homeFolder } from './home-folder.js';

it('is that of the account, or null where Node.js finds none', () => {
  expect(homeFolder()).toBe(homedir());
  const none = () => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  expect(homeFolder(none)).toBeNull();
});
