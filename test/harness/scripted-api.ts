import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the scripted API saw it. */
export interface SeenRequest {
  readonly method: string;
  /** The path below the campaign, such as `contacts/list`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The query as it was sent, undecoded. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The ids of a request for contacts. */
  readonly ids: readonly string[];
}

/** A reply: JSON, raw text, or a function that writes the whole response. */
export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly text: string | Buffer; readonly status?: number; readonly headers?: Record<string, string> }
  | { readonly respond: (response: ServerResponse) => void };

export interface ScriptedApi extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
}

/** Starts an HTTP server on the loopback that answers by the script, and records its requests. */
export async function startScriptedApi(answer: (request: SeenRequest) => Reply | Promise<Reply>): Promise<ScriptedApi> {
  const requests: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '', 'http://api');
    const body = Buffer.concat(chunks).toString();
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/api\/campaigns\/[^/]+\//, ''),
      query: Object.fromEntries(url.searchParams),
      search: url.search,
      headers: request.headers,
      ids: body === '' ? [] : JSON.parse(body),
    };
    requests.push(seen);
    send(response, await answer(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if ('respond' in reply) {
    reply.respond(response);
    return;
  }
  const [body, contentType] =
    'json' in reply ? [JSON.stringify(reply.json), 'application/json'] : [reply.text, 'text/html'];
  response.writeHead(reply.status ?? 200, { 'content-type': contentType, ...reply.headers });
  response.end(body);
}
