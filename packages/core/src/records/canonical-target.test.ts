import { expect, it } from 'vitest';
import { canonicalTarget } from './canonical-target.js';

it.each([
  ['https://HOOKS.receiver.example:443/Path (path aB)', 'https://hooks.receiver.example/Path (path aB)'],
  ['HTTP://a.example:80', 'http://a.example'],
  ['https://a.example:80', 'https://a.example:80'],
  ['https://[FD00::1]:443 (path 1)', 'https://[fd00::1] (path 1)'],
  ['other://Host:4222/Stream', 'other://host:4222/Stream'],
  ['memory:Inbox', 'memory:Inbox'],
])('%s is %s', (target, canonical) => {
  expect(canonicalTarget(target)).toBe(canonical);
  expect(canonicalTarget(canonical)).toBe(canonical);
});
