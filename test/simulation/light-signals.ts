type Listener = (event: { readonly type: 'abort'; readonly target: LightSignal }) => void;

/**
 * The part of AbortSignal that core uses, without the cost of Node's own: a third of a simulation went into events,
 * weak references and their collection. A composite listens to its sources only while it has listeners itself.
 */
class LightSignal {
  readonly #sources: readonly LightSignal[];
  /** The listeners, made with the first one: most signals have none. */
  #listeners: Map<Listener, boolean> | null = null;
  readonly #onSource = () => this.#tell();
  #isAborted = false;
  #reason: unknown;

  constructor(sources: readonly LightSignal[] = []) {
    this.#sources = sources;
  }

  static any(sources: Iterable<LightSignal>): LightSignal {
    return new LightSignal([...sources]);
  }

  static abort(reason?: unknown): LightSignal {
    const signal = new LightSignal();
    signal.fire(reason);
    return signal;
  }

  get aborted(): boolean {
    if (this.#isAborted) return true;
    for (const source of this.#sources) {
      if (!source.aborted) continue;
      this.#isAborted = true;
      this.#reason = source.reason;
      return true;
    }
    return false;
  }

  get reason(): unknown {
    return this.aborted ? this.#reason : undefined;
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: Listener, options?: { readonly once?: boolean }): void {
    this.#listeners ??= new Map();
    if (this.#listeners.size === 0)
      for (const source of this.#sources) source.addEventListener('abort', this.#onSource);
    this.#listeners.set(listener, options?.once === true);
  }

  removeEventListener(_type: 'abort', listener: Listener): void {
    if (!this.#listeners?.delete(listener) || this.#listeners.size > 0) return;
    for (const source of this.#sources) source.removeEventListener('abort', this.#onSource);
  }

  fire(reason: unknown): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#reason = reason ?? ABORTED;
    this.#tell();
  }

  #tell(): void {
    if (this.#listeners === null || !this.aborted) return;
    const listeners = [...this.#listeners];
    for (const [listener, isOnce] of listeners) {
      if (!this.#listeners.has(listener)) continue;
      if (isOnce) this.removeEventListener('abort', listener);
      listener({ type: 'abort', target: this });
    }
  }
}

/** One reason for all: an error with its stack costs more than the abort. */
const ABORTED = new Error('This operation was aborted');

class LightController {
  readonly signal = new LightSignal();

  abort(reason?: unknown): void {
    this.signal.fire(reason);
  }
}

/** Gives the process these signals instead of Node's. */
export function installLightSignals(): void {
  Object.assign(globalThis, { AbortSignal: LightSignal, AbortController: LightController });
}
