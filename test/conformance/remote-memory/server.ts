import type { Socket } from 'node:net';
import { type Batch, isSinkError, type StoreSink } from '@dbsync/core/contract';
import { createMemoryStore } from '../../../packages/testkit/src/memory/memory-store.ts';
import type { MemoryTarget } from '../../../packages/testkit/src/memory/memory-target.ts';
import { type Frame, readFrames, writeFrame } from './frames.ts';
import { listen, type RemoteMemoryServer } from './listener.ts';

/**
 * Starts a memory target behind a port. Parts of a batch belong to their connection, and are lost with it, until the
 * write that ends them has arrived.
 */
export function startRemoteMemoryServer(target: MemoryTarget): Promise<RemoteMemoryServer> {
  return listen((socket) => serve(socket, createMemoryStore(target)));
}

async function serve(socket: Socket, store: StoreSink): Promise<void> {
  let staged: Batch['contacts'] = [];
  for await (const frame of readFrames(socket)) {
    const [first, ...others] = frame.args;
    if (frame.method === 'stage') {
      staged = [...staged, ...(first as Batch['contacts'])];
    } else if (frame.method === 'write') {
      const whole = { ...(first as Batch), contacts: staged };
      staged = [];
      writeFrame(socket, await answerOf(store, { ...frame, args: [whole, ...others] }));
    } else {
      writeFrame(socket, await answerOf(store, frame));
    }
  }
}

type Call = (...args: readonly unknown[]) => Promise<unknown>;

async function answerOf(store: StoreSink, { id, method, args, options }: Frame): Promise<Frame> {
  try {
    const call = store[method as keyof StoreSink] as unknown as Call;
    return { id, method: 'answer', args: [await call(...args, { ...options, signal: NEVER })], options: {} };
  } catch (error) {
    if (!isSinkError(error)) throw error;
    const { code, message, verdict, outcome } = error;
    return { id, method: 'error', args: [code, message, { verdict, outcome }], options: {} };
  }
}

const NEVER = new AbortController().signal;
