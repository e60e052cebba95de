/** The address of an upstream, and the client's token. */
export interface Upstream {
  readonly url: string;
  readonly token: string;
  readonly campaign: string;
}

export interface Page<T> {
  readonly count: number;
  readonly results: readonly T[];
  readonly cursor?: string;
}

/** A contact as a test reads it. */
export interface Body {
  readonly $id: string;
  readonly $md5?: string;
  readonly [field: string]: unknown;
}

/** Creates the simplest client: it trusts the upstream, so it is only for tests of the simulator and of the copy. */
export function createUpstreamClient({ url, token, campaign }: Upstream) {
  const request = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/api/campaigns/${campaign}/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });

  const json = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const response = await request(path, init);
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };

  /** Yields all pages in turn. The path has its query already. */
  async function* pages<T>(path: string): AsyncGenerator<Page<T>> {
    let cursor = '';
    do {
      const page = await json<Page<T>>(`${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
      yield page;
      cursor = page.cursor ?? '';
    } while (cursor !== '');
  }

  const all = async <T>(path: string): Promise<T[]> => {
    const results: T[] = [];
    for await (const page of pages<T>(path)) results.push(...page.results);
    return results;
  };

  const bodies = (ids: readonly string[]) =>
    json<Body[]>('contacts/?include_md5=true', { method: 'POST', body: JSON.stringify(ids) });

  return { request, json, pages, all, bodies };
}
