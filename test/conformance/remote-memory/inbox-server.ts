import type { Socket } from 'node:net';
import { verdictOf } from '../../../packages/testkit/src/memory/memory-endpoint.ts';
import type { Delivery, MemoryInbox } from '../../../packages/testkit/src/memory/memory-inbox.ts';
import { readFrames, writeFrame } from './frames.ts';
import { listen, type RemoteMemoryServer } from './listener.ts';

/** Starts an inbox in memory behind a port. It takes a message that has arrived whole, then acknowledges it. */
export function startRemoteInboxServer(inbox: MemoryInbox): Promise<RemoteMemoryServer> {
  return listen((socket) => serve(socket, inbox));
}

async function serve(socket: Socket, inbox: MemoryInbox): Promise<void> {
  for await (const { id, method, args } of readFrames(socket)) {
    const answer = method === 'take' ? verdictOf(inbox.take(args[0] as Delivery)) : 'here';
    writeFrame(socket, { id, method: 'answer', args: [answer], options: {} });
  }
}
