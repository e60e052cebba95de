/** Returns an address of dbsync without its parameters, for a driver that does not know them. */
export function plainAddress(url: string): string {
  return url.split('?')[0] ?? url;
}
