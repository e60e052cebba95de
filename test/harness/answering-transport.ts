/** A request to a test's transport. */
export interface AskedRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number | null>>;
  readonly body?: readonly string[];
}

/** An answer in a test; `status` is 200 where it is left out. */
export interface GivenAnswer {
  readonly status?: number;
  readonly json: unknown;
  readonly date?: string;
  readonly retryAfter?: string;
}

/** Creates a transport within the process: the test's function answers each request, at once. */
export function createAnsweringTransport(answer: (request: AskedRequest, nr: number) => GivenAnswer) {
  const requests: AskedRequest[] = [];
  return {
    requests,
    async send({ path, query, body }: AskedRequest, signal: AbortSignal) {
      signal.throwIfAborted();
      requests.push({ path, query: { ...query }, ...(body && { body }) });
      const { status = 200, json, date, retryAfter } = answer({ path, query, ...(body && { body }) }, requests.length);
      const text = JSON.stringify(json);
      return { status, date, retryAfter, contentType: 'application/json', text, bytes: text.length };
    },
    close() {},
  };
}
