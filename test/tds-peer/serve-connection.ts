import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Protection } from './login.ts';
import { createMessageReader, type Message, packetType } from './packets.ts';
import { encryption, preloginResponse, readEncryptionOption } from './prelogin.ts';
import type { Reply } from './replies.ts';
import type { TdsRequest } from './requests.ts';
import { createSession } from './session.ts';
import type { Admission } from './sign-in.ts';
import { createSpeaker, type Spoken } from './speaker.ts';
import { createTlsChannel, TLS_HANDSHAKE, type TlsChannel, type TlsOffer } from './tls-channel.ts';
import { done, doneStatus, doneToken, SERVER_VERSION } from './tokens.ts';

/** The facts and functions that a connection gets from its peer. */
export interface ConnectionHost {
  /** The number of the connection, from 1. */
  readonly connection: number;
  readonly tls: TlsOffer | null;
  readonly admission: Admission;
  /** Records a request; returns the reply of the script, null when it has none. */
  replyTo(request: TdsRequest): Promise<Reply | null>;
  /** Called when the client sent unreadable bytes, or the script failed: the connection ends. */
  failed(error: unknown): void;
}

/** Serves one client, a request after the other, until either side ends the connection (MS-TDS 3.3.5). */
export function serveConnection(socket: Socket, { connection, tls, admission, replyTo, failed }: ConnectionHost): void {
  const session = createSession(connection, admission);
  const speaker = createSpeaker(socket, session);
  const messages = createMessageReader();
  let channel: TlsChannel | null = null;
  let protection: Protection = { encrypted: false, clientCertificate: null };
  let queue: Promise<void> = Promise.resolve();
  let newest = Promise.withResolvers<typeof CUT_SHORT>();

  const secure = (offer: TlsOffer, wrapped: boolean): void => {
    channel = createTlsChannel(socket, offer, wrapped, (clear) => {
      protection = { encrypted: true, clientCertificate: commonNameOf(clear) };
      speaker.moveTo(clear.on('data', receive));
    });
  };

  const negotiate = ({ payload }: Message): void => {
    const offer = channel === null ? tls : null;
    const decided = decideEncryption(readEncryptionOption(payload), offer);
    speaker.introduce(preloginResponse(SERVER_VERSION, decided));
    if (decided === encryption.on && offer !== null) secure(offer, true);
  };

  const serve = async (message: Message, cut: Promise<typeof CUT_SHORT>): Promise<void> => {
    if (message.type === packetType.prelogin) return negotiate(message);
    const work = session.read(message, protection);
    const scripted = async (): Promise<Spoken | null | typeof CUT_SHORT> => {
      const reply = await replyTo(work.request);
      return reply?.kind === 'hang' ? cut : reply;
    };
    const reply = await Promise.race([cut, scripted()]);
    if (reply === CUT_SHORT) speaker.say(doneToken(done.statement, doneStatus.error));
    else await speaker.answer(reply, work, cut);
  };

  /**
   * Cancels (MS-TDS 2.2.1.7): the running request ends early, with its own response; then the attention is
   * acknowledged.
   */
  const cancel = async (): Promise<void> => {
    const work = session.readCancel();
    const running = newest;
    const reply = await replyTo(work.request);
    if (reply?.kind === 'hang') return;
    if (reply?.kind === 'drop') return speaker.answer(reply, work, running.promise);
    running.resolve(CUT_SHORT);
    enqueue(() => speaker.answer(reply, work, running.promise));
  };

  const receive = (bytes: Buffer): void => {
    try {
      for (const message of messages.feed(bytes))
        if (message.type === packetType.attention) cancel().catch(giveUp);
        else {
          newest = Promise.withResolvers();
          const { promise } = newest;
          enqueue(() => serve(message, promise));
        }
    } catch (error) {
      giveUp(error);
    }
  };

  const enqueue = (work: () => void | Promise<void>): void => {
    queue = queue.then(work).catch(giveUp);
  };
  const giveUp = (error: unknown): void => {
    failed(error);
    socket.destroy();
  };

  socket.on('data', (bytes: Buffer) => {
    if (channel === null && bytes[0] === TLS_HANDSHAKE) {
      if (tls === null) return void socket.destroy();
      secure(tls, false);
    }
    if (channel === null) receive(bytes);
    else channel.receive(bytes);
  });
  socket.on('error', () => socket.destroy());
}

/** The result of an answer whose request is cancelled. */
const CUT_SHORT = Symbol('cut short');

function commonNameOf(clear: TLSSocket): string | null {
  const name = clear.getPeerCertificate().subject?.CN;
  return typeof name === 'string' ? name : null;
}

function decideEncryption(option: number, tls: TlsOffer | null): number {
  if (tls === null) return encryption.notSupported;
  if (option !== encryption.notSupported) return encryption.on;
  return tls.required === true ? encryption.required : encryption.notSupported;
}
