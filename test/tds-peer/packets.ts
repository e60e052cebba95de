/** The types of messages (MS-TDS 2.2.3.1.1, Type). */
export const packetType = {
  batch: 0x01,
  call: 0x03,
  response: 0x04,
  attention: 0x06,
  bulk: 0x07,
  transaction: 0x0e,
  login: 0x10,
  prelogin: 0x12,
} as const;

/** The bits of Status (MS-TDS 2.2.3.1.2). */
const status = { endOfMessage: 0x01, ignore: 0x02, resetConnection: 0x08, resetKeepingTransaction: 0x10 } as const;

const HEADER_BYTES = 8;

/** One message, put together from its packets. */
export interface Message {
  readonly type: number;
  /** True where the sender took it back before it was whole. */
  readonly ignored: boolean;
  /** True where the session must be reset before this is served. */
  readonly reset: boolean;
  readonly payload: Buffer;
}

/** Puts messages together from bytes in any pieces. */
export interface MessageReader {
  /** Returns the messages that these bytes complete. */
  feed(bytes: Buffer): readonly Message[];
}

export function createMessageReader(): MessageReader {
  let held: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let reset = false;

  /** Returns the next whole packet; null when more bytes are needed. */
  const takePacket = (): Buffer | null => {
    if (held.length < HEADER_BYTES) return null;
    const length = held.readUInt16BE(2);
    if (length < HEADER_BYTES) throw new Error(`A packet claims to be ${length} bytes long`);
    if (held.length < length) return null;
    const packet = held.subarray(0, length);
    held = held.subarray(length);
    return packet;
  };

  return {
    feed: (bytes) => {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const messages: Message[] = [];
      for (let packet = takePacket(); packet !== null; packet = takePacket()) {
        const flags = packet.readUInt8(1);
        if ((flags & (status.resetConnection | status.resetKeepingTransaction)) !== 0) reset = true;
        parts.push(packet.subarray(HEADER_BYTES));
        if ((flags & status.endOfMessage) === 0) continue;
        const ignored = (flags & status.ignore) !== 0;
        messages.push({ type: packet.readUInt8(0), ignored, reset, payload: Buffer.concat(parts) });
        parts = [];
        reset = false;
      }
      return messages;
    },
  };
}

/**
 * Cuts a message into packets, each at most this number of bytes with its header (MS-TDS 2.2.3.1).
 *
 * @param whole false when more packets of the message follow
 */
export function packetsOf(type: number, payload: Buffer, packetBytes: number, whole = true): Buffer {
  const room = packetBytes - HEADER_BYTES;
  const count = Math.max(1, Math.ceil(payload.length / room));
  const packets = Array.from({ length: count }, (_, index) => {
    const data = payload.subarray(index * room, (index + 1) * room);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(type, 0);
    header.writeUInt8(whole && index === count - 1 ? status.endOfMessage : 0, 1);
    header.writeUInt16BE(HEADER_BYTES + data.length, 2);
    header.writeUInt8((index + 1) % 256, 6);
    return Buffer.concat([header, data]);
  });
  return Buffer.concat(packets);
}
