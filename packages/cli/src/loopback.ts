import { isIP } from 'node:net';

/** Returns whether only this machine reaches an address that a server listens on. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/** Returns whether the host of an address names this machine, such as `localhost` or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
