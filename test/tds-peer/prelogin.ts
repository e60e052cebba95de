/** The options of PRELOGIN (MS-TDS 2.2.6.5) that matter here, by their tokens. */
const option = { version: 0x00, encryption: 0x01, instance: 0x02, threadId: 0x03, mars: 0x04, end: 0xff } as const;

/** The values of the encryption option: the server's answer `on` or `required` encrypts all that follows. */
export const encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** Reads the client's encryption option; a client without it supports none. */
export function readEncryptionOption(payload: Buffer): number {
  for (let at = 0; payload.readUInt8(at) !== option.end; at += 5)
    if (payload.readUInt8(at) === option.encryption) return payload.readUInt8(payload.readUInt16BE(at + 1));
  return encryption.notSupported;
}

/** Writes the server's PRELOGIN: its version (major, minor, build), and its decision about encryption. */
export function preloginResponse(version: readonly [number, number, number], decided: number): Buffer {
  const [major, minor, build] = version;
  const values: readonly (readonly [number, Buffer])[] = [
    [option.version, Buffer.of(major, minor, build >> 8, build & 0xff, 0, 0)],
    [option.encryption, Buffer.of(decided)],
    [option.instance, Buffer.of(0)],
    [option.threadId, Buffer.alloc(0)],
    [option.mars, Buffer.of(0)],
  ];
  let offset = values.length * 5 + 1;
  const directory = values.map(([token, value]) => {
    const entry = Buffer.of(token, offset >> 8, offset & 0xff, value.length >> 8, value.length & 0xff);
    offset += value.length;
    return entry;
  });
  return Buffer.concat([...directory, Buffer.of(option.end), ...values.map(([, value]) => value)]);
}
