/** True where this id is in the share that a fault has chosen: always the same ids for the same salt. */
export function isAmong(id: string, { share, salt }: { readonly share: number; readonly salt: number }): boolean {
  let hash = 0x811c9dc5 ^ salt;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32 < share;
}
