import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A call, or its result, one a line. */
export interface Frame {
  readonly id: number;
  /** The method of the store; `stage` for a part of a batch; `answer` and `error` for a result. */
  readonly method: string;
  /** The arguments without the call options. */
  readonly args: readonly unknown[];
  /** The call options, without their signal. */
  readonly options: object;
}

export function writeFrame(socket: Socket, frame: Frame): void {
  socket.write(`${JSON.stringify(frame, pack)}\n`);
}

export async function* readFrames(socket: Socket): AsyncGenerator<Frame> {
  for await (const line of createInterface({ input: socket })) yield JSON.parse(line, unpack);
}

function pack(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $bigint: String(value) };
  return value instanceof Map ? { $map: [...value] } : value;
}

function unpack(_name: string, value: unknown): unknown {
  const { $bigint, $map }: { readonly $bigint?: string; readonly $map?: [unknown, unknown][] } = Object(value);
  if ($bigint !== undefined) return BigInt($bigint);
  return $map === undefined ? value : new Map($map);
}
