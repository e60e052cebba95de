import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  /** The certificate in PEM. */
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  /** The authority's certificate in PEM, for clients that trust it. */
  readonly certificate: string;
  /** Issues a certificate for these host names and IPv4 addresses; the first is its common name. */
  issue(names: readonly string[]): Certificate;
}

/** Creates an authority that is valid for a day: no key has to be in the repository, and none ever expires. */
export function createAuthority(name = 'Test authority'): Authority {
  const keys = newKeys();
  const extensions = [extension('551d13', true, sequence(tlv(0x01, Buffer.of(0xff))))];
  const own = certificateOf({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    signer: keys.privateKey,
    extensions,
  });
  return {
    certificate: own,
    issue(names) {
      const { publicKey, privateKey } = newKeys();
      const alternatives = extension('551d11', false, sequence(...names.map(alternativeName)));
      return {
        certificate: certificateOf({
          subject: names[0] ?? '',
          issuer: name,
          publicKey,
          signer: keys.privateKey,
          extensions: [alternatives],
        }),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
  };
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

interface CertificateParts {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** Writes an X.509 certificate in DER, by RFC 5280, signed with ECDSA over SHA-256. */
function certificateOf({ subject, issuer, publicKey, signer, extensions }: CertificateParts): string {
  const algorithm = sequence(objectId('2a8648ce3d040302'));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    commonName(issuer),
    sequence(time(-1), time(1)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, algorithm, bitString(sign('sha256', body, signer)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80
      ? Buffer.of(length)
      : length < 0x100
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

function bitString(content: Buffer): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.of(0), content]));
}

function commonName(name: string): Buffer {
  return sequence(tlv(0x31, sequence(objectId('550403'), tlv(0x0c, Buffer.from(name)))));
}

function time(daysFromNow: number): Buffer {
  const text = new Date(Date.now() + daysFromNow * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
  return tlv(0x18, Buffer.from(text));
}

function alternativeName(name: string): Buffer {
  const octets = /^\d+(\.\d+){3}$/.test(name) ? Buffer.from(name.split('.').map(Number)) : null;
  return octets === null ? tlv(0x82, Buffer.from(name)) : tlv(0x87, octets);
}

function extension(hex: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(hex), ...(critical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value));
}
