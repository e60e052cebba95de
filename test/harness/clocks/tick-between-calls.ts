import type { StoreSink } from '@dbsync/core/contract';
import type { VirtualClock } from './virtual-clock.ts';

/** Moves a virtual clock on every few milliseconds, but for the time in which the store works: a busy server must not cost hours. */
export interface Ticking extends Disposable {
  /** Returns the store. While one of its calls is on its way, the clock stands. */
  watch(store: StoreSink): StoreSink;
  begin(stepMs: number): void;
}

export function tickBetweenCalls(clock: VirtualClock): Ticking {
  let calls = 0;
  let timer: NodeJS.Timeout | undefined;
  const counted = async (call: () => unknown) => {
    calls += 1;
    try {
      return await call();
    } finally {
      calls -= 1;
    }
  };
  return {
    watch: (store) =>
      new Proxy(store, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...given: unknown[]) => counted(() => value.apply(target, given));
        },
      }),
    begin(stepMs) {
      timer = setInterval(() => {
        if (calls === 0) clock.jump(stepMs);
      }, 10);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
