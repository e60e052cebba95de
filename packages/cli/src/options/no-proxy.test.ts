import { expect, it } from 'vitest';
import { isExempt } from './no-proxy.js';

it.each<[noProxy: string, host: string, port: number, exempt: boolean]>([
  ['example.com', 'example.com', 443, true],
  ['example.com', 'hooks.example.com', 443, true],
  ['.example.com', 'hooks.example.com', 443, true],
  ['*.example.com', 'example.com', 443, true],
  ['EXAMPLE.com.', 'Hooks.Example.Com', 443, true],
  ['example.com', 'notexample.com', 443, false],
  ['com.example', 'example.com', 443, false],
  ['localhost, example.com', 'example.com', 443, true],
  ['localhost example.com', 'example.com', 443, true],
  ['example.com:8443', 'example.com', 8443, true],
  ['example.com:8443', 'example.com', 443, false],
  ['*', 'anything.example', 80, true],
  ['a,*', '10.0.0.1', 80, true],
  ['', 'example.com', 443, false],
  [' , ', 'example.com', 443, false],
  ['.', 'example.com', 443, false],
  ['10.0.0.0/8', '10.200.3.4', 80, true],
  ['10.0.0.0/8', '11.0.0.1', 80, false],
  ['10.0.0.0/8:8080', '10.1.1.1', 8080, true],
  ['10.0.0.0/33', '10.0.0.1', 80, false],
  ['10.0.0.0/x', '10.0.0.1', 80, false],
  ['10.0.0.1', '10.0.0.1', 80, true],
  ['10.0.0.1', '110.0.0.1', 80, false],
  ['0.0.0.1', '10.0.0.1', 80, false],
  ['::1', '::1', 80, true],
  ['[::1]:8080', '::1', 8080, true],
  ['[::1]:8080', '::1', 80, false],
  ['fd00::/8', 'fd12::1', 80, true],
  ['fd00::/8', 'fe80::1', 80, false],
  ['example.com', '10.0.0.1', 80, false],
])('NO_PROXY=%s and %s:%d', (noProxy, host, port, exempt) => {
  expect(isExempt({ host, port }, noProxy)).toBe(exempt);
});
