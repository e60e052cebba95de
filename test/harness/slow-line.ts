import type { Clock } from '@dbsync/core';

interface Transmission {
  left: number;
  /** Called with what arrived within a tick. */
  readonly onPiece: (bytes: number) => void;
  isHeld: boolean;
}

/** A line that carries so many bytes a second, shared by all answers under way, on the clock of a test. */
export interface SlowLine {
  /** Resolves when all has arrived; `onBytes` may hold the answer up. Rejects with the signal's reason. */
  transmit(bytes: number, signal: AbortSignal, onBytes: (bytes: number) => Promise<void> | undefined): Promise<void>;
  /** The most bytes of unfinished answers that had arrived at a time. */
  readonly mostArriving: number;
  /** The most answers under way at a time. */
  readonly mostAnswers: number;
}

/** What arrives at a time, as from a socket. */
const PIECE_BYTES = 64_000;

export function createSlowLine(clock: Clock, bytesPerSecond: number, end: AbortSignal): SlowLine {
  const under = new Map<Transmission, { arrived: number }>();
  const tickMs = Math.min(1_000, Math.max(10, (PIECE_BYTES / bytesPerSecond) * 1_000));
  const most = { arriving: 0, answers: 0 };

  const tick = () => {
    const moving = [...under.keys()].filter(({ isHeld }) => !isHeld);
    const share = Math.ceil((bytesPerSecond * tickMs) / 1_000 / Math.max(1, moving.length));
    for (const transmission of moving) {
      const bytes = Math.min(share, transmission.left);
      const state = under.get(transmission);
      if (state) state.arrived += bytes;
      transmission.left -= bytes;
      transmission.onPiece(bytes);
    }
    const arriving = [...under.values()].reduce((sum, { arrived }) => sum + arrived, 0);
    most.arriving = Math.max(most.arriving, arriving);
    most.answers = Math.max(most.answers, under.size);
  };

  const run = async () => {
    for (;;) {
      await clock.sleep(tickMs, end);
      tick();
    }
  };
  run().catch(() => undefined);

  return {
    get mostArriving() {
      return most.arriving;
    },
    get mostAnswers() {
      return most.answers;
    },
    transmit(bytes, signal, onBytes) {
      return new Promise((resolve, reject) => {
        const leave = () => {
          under.delete(transmission);
          signal.removeEventListener('abort', abort);
        };
        const abort = () => {
          leave();
          reject(signal.reason);
        };
        const release = () => {
          transmission.isHeld = false;
          if (transmission.left > 0 || !under.has(transmission)) return;
          leave();
          resolve();
        };
        const onPiece = (arrived: number) => {
          transmission.isHeld = true;
          const hold = onBytes(arrived);
          if (hold) hold.then(release, reject);
          else release();
        };
        const transmission: Transmission = { left: bytes, onPiece, isHeld: false };
        under.set(transmission, { arrived: 0 });
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
