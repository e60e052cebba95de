/** The protection under which the login was sent. */
export interface Protection {
  readonly encrypted: boolean;
  /** The common name in the certificate that the client showed, if it had to. */
  readonly clientCertificate: string | null;
}

/** A client's description of itself (MS-TDS 2.2.6.4, LOGIN7). */
export interface Login {
  readonly tdsVersion: number;
  /** The bytes of a packet that the client asks for, with the header. */
  readonly packetBytes: number;
  readonly user: string;
  /** The password before it was obscured. */
  readonly password: string;
  /** The database; empty for the user's default. */
  readonly database: string;
  readonly appName: string;
  readonly hostName: string;
  readonly serverName: string;
  readonly language: string;
  /** True where the client only wants to read, as from a secondary of an availability group. */
  readonly readOnly: boolean;
  /** Identifiers of the extensions that the client offers to use. */
  readonly features: readonly number[];
  readonly protection: Protection;
}

/** TDS 7.2: from here on the layout of tokens and headers is the same. */
export const OLDEST_TDS_VERSION = 0x72090002;
export const TDS_7_4 = 0x74000004;

/** Offsets of the pairs of offset and length in the fixed part. */
const field = {
  host: 36,
  user: 40,
  password: 44,
  app: 48,
  server: 52,
  extension: 56,
  language: 64,
  database: 68,
} as const;
const TYPE_FLAGS = 26;
const OPTION_FLAGS_3 = 27;
const READ_ONLY_INTENT = 0x20;
const EXTENSION_USED = 0x10;
const LAST_FEATURE = 0xff;

export function readLogin(payload: Buffer, protection: Protection): Login {
  const text = (at: number): string => fieldOf(payload, at).toString('utf16le');
  return {
    tdsVersion: payload.readUInt32LE(4),
    packetBytes: payload.readUInt32LE(8),
    user: text(field.user),
    password: revealed(fieldOf(payload, field.password)).toString('utf16le'),
    database: text(field.database),
    appName: text(field.app),
    hostName: text(field.host),
    serverName: text(field.server),
    language: text(field.language),
    readOnly: (payload.readUInt8(TYPE_FLAGS) & READ_ONLY_INTENT) !== 0,
    features: (payload.readUInt8(OPTION_FLAGS_3) & EXTENSION_USED) === 0 ? [] : featuresOf(payload),
    protection,
  };
}

function fieldOf(payload: Buffer, at: number): Buffer {
  const offset = payload.readUInt16LE(at);
  return payload.subarray(offset, offset + payload.readUInt16LE(at + 2) * 2);
}

/** Reverses what a client does to each byte of a password: its halves swapped, then XORed with A5. */
function revealed(obscured: Buffer): Buffer {
  return Buffer.from(obscured.map((byte) => ((byte ^ 0xa5) << 4) | ((byte ^ 0xa5) >> 4)));
}

/** Reads FeatureExt: an identifier and a counted value each, up to the terminator. */
function featuresOf(payload: Buffer): readonly number[] {
  const features: number[] = [];
  let at = payload.readUInt32LE(payload.readUInt16LE(field.extension));
  for (let id = payload.readUInt8(at); id !== LAST_FEATURE; id = payload.readUInt8(at)) {
    features.push(id);
    at += 5 + payload.readUInt32LE(at + 1);
  }
  return features;
}
