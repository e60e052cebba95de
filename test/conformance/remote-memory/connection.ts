import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type CallOptions, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import { type Frame, readFrames, writeFrame } from './frames.ts';

/** One connection at a time, opened when it is needed. A call reports its loss once. */
export interface Connection {
  call<T>(method: string, args: readonly unknown[], options: CallOptions, stages?: readonly unknown[]): Promise<T>;
  close(): void;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: SinkError): void;
}

export function createConnection(host: string, port: number): Connection {
  const waiting = new Map<number, Waiting>();
  let socket: Socket | null = null;
  let wasLost = false;
  let lastId = 0;

  const lose = (lost: Socket) => {
    if (socket !== lost) return;
    socket = null;
    wasLost = waiting.size === 0;
    for (const { reject } of waiting.values()) reject(connectionLost(BROKE));
    waiting.clear();
  };
  const connected = async (): Promise<Socket> => {
    if (wasLost) {
      wasLost = false;
      throw connectionLost();
    }
    socket ??= await reach(host, port, lose, (frame) => {
      const caller = waiting.get(frame.id);
      waiting.delete(frame.id);
      const [first, message, details] = frame.args;
      if (frame.method === 'answer') caller?.resolve(first);
      else caller?.reject(new SinkError(String(first), String(message), details as SinkErrorDetails));
    });
    return socket;
  };

  return {
    call: async <T>(
      method: string,
      args: readonly unknown[],
      options: CallOptions,
      stages: readonly unknown[] = [],
    ) => {
      const { signal, ...others } = options;
      const used = await connected();
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      const callOff = () => used.destroy();
      signal.addEventListener('abort', callOff, { once: true });
      for (const stage of stages) writeFrame(used, { id, method: 'stage', args: [stage], options: {} });
      writeFrame(used, { id, method, args, options: others });
      if (signal.aborted) callOff();
      return promise.finally(() => signal.removeEventListener('abort', callOff)) as Promise<T>;
    },
    close: () => {
      socket?.destroy();
    },
  };
}

async function reach(
  host: string,
  port: number,
  lose: (socket: Socket) => void,
  receive: (frame: Frame) => void,
): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect');
  } catch {
    throw connectionLost();
  }
  const listen = async () => {
    for await (const frame of readFrames(socket)) receive(frame);
  };
  socket.on('error', () => {});
  socket.on('close', () => lose(socket));
  listen().catch(() => socket.destroy());
  return socket;
}

/** The message for a call that was under way. */
export const BROKE = 'The connection to the memory server broke.';

function connectionLost(message = 'The connection to the memory server was lost, or could not be opened.'): SinkError {
  return new SinkError('MEMORY_UNREACHABLE', message, {
    verdict: 'retryable',
    outcome: 'unknown',
    connectionLost: true,
  });
}
