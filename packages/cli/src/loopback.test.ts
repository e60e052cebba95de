import { expect, it } from 'vitest';
import { isLoopback, isLoopbackHost } from './loopback.js';

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.27', false],
  ['::ffff:10.127.0.1', false],
  ['127.example.com', false],
])('a server at %s is reached by this machine alone: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

it.each([
  ['localhost', true],
  ['dbsync.localhost', true],
  ['127.0.0.1', true],
  ['[::1]', true],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['10.0.0.1', false],
  ['', false],
])('the host %s names this machine: %s', (hostname, expected) => {
  expect(isLoopbackHost(hostname)).toBe(expected);
});
