/** Reads ids a little ahead, and gives them in groups. */
export interface IdSource {
  /**
   * Takes up to `most` ids, each only once. Returns fewer only if no more ids come for now: the producer of ids may be
   * waiting for the results of ids that it gave, so waiting for a full group could last for ever. Returns an empty list
   * if no id is ready.
   */
  take(most: number): readonly string[];
  /** True when all ids have been taken. */
  readonly isEmpty: boolean;
  /** Stops reading ids. */
  stop(): void;
}

export interface IdSourceOptions {
  /** The number of ids to hold ready; at least as many as are taken at a time. */
  readonly readAhead: number;
  /** Called when `take` may have new ids, or when the source has ended. */
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

  /** Marks the source as paused if a turn of the event loop brought no id. */
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
