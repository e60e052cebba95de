import type { ExtendOptions, Got } from 'got';

/**
 * Creates a client of got, which sends each request once and follows no redirect. got is loaded here and not with the modules:
 * that takes 0.2 s of CPU, and most commands send no request. A client is created at the start of a process, so a package manager
 * that replaces the files of a running daemon takes got from no later request.
 */
export function createHttpClient(options: ExtendOptions): Promise<Got> {
  const client = import('got').then(({ default: got }) =>
    got.extend({ retry: { limit: 0 }, followRedirect: false, throwHttpErrors: false, ...options }),
  );
  client.catch(ignoreUntilUsed);
  return client;
}

/** Leaves the failure to the first request, which gets it too. */
function ignoreUntilUsed(): void {}
