/** Ids as they come from somewhere, read a little ahead, taken in groups. */
export interface IdSource {
  /**
   * Up to `most` ids, none of them twice. Fewer only when no more come for now: whoever makes them may be waiting for what
   * becomes of those that it gave, so to insist on a full group could wait for ever. Empty where nothing is to be had yet.
   */
  take(most: number): readonly string[];
  /** Everything has been taken. */
  readonly isEmpty: boolean;
  /** Reads no further. */
  stop(): void;
}

export interface IdSourceOptions {
  /** How many ids to hold ready; at least as many as are taken at a time. */
  readonly readAhead: number;
  /** `take` may have something new to give, or the source has ended. */
  readonly onReady: () => void;
  readonly onError: (error: unknown) => void;
}

export function createIdSource(ids: AsyncIterable<string> | Iterable<string>, options: IdSourceOptions): IdSource {
  const ready = new Set<string>();
  let idsRead = 0;
  let isPaused = false;
  let hasEnded = false;
  let isStopped = false;
  let isWatched = false;
  let wanted = 1;
  let onRoom: (() => void) | null = null;

  const read = async () => {
    for await (const id of ids) {
      ready.add(id);
      idsRead++;
      isPaused = false;
      if (ready.size === 1 || ready.size === wanted) options.onReady();
      while (ready.size >= options.readAhead && !isStopped) await room();
      if (isStopped) return;
    }
  };

  const room = () => new Promise<void>((resolve) => (onRoom = resolve));

  /** The source pauses when a turn of the event loop brought no id. */
  const watch = () => {
    if (isWatched || hasEnded) return;
    isWatched = true;
    const readBefore = idsRead;
    setImmediate(() => {
      isWatched = false;
      isPaused = idsRead === readBefore;
      if (isPaused) options.onReady();
      else watch();
    });
  };

  const wakeReader = () => {
    onRoom?.();
    onRoom = null;
  };

  read()
    .catch(options.onError)
    .finally(() => {
      hasEnded = true;
      options.onReady();
    });

  return {
    take(most) {
      wanted = most;
      if (ready.size < most && !hasEnded && !isPaused) {
        if (ready.size > 0) watch();
        return [];
      }
      const group = [...ready.values().take(most)];
      for (const id of group) ready.delete(id);
      wakeReader();
      return group;
    },
    get isEmpty() {
      return hasEnded && ready.size === 0;
    },
    stop() {
      isStopped = true;
      wakeReader();
    },
  };
}
