/** The API of a simulated campaign. */
export interface BareApi {
  readonly apiUrl: string;
  readonly campaign: string;
  readonly token: string;
}

export const IDS_AT_ONCE = 100;

/** Asks for the bodies of these contacts by `fetch`. */
export function askForBodies(api: BareApi, ids: readonly string[]): Promise<Response> {
  return ask(api, 'contacts/?include_md5=true', ids);
}

/** Lists the ids of all contacts. */
export async function listIds(api: BareApi): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const query = `limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = JSON.parse(await (await ask(api, `contacts/list?${query}`)).text());
    for (const { id } of page.results) ids.push(id);
    cursor = page.cursor ?? '';
    if (cursor === '') return ids;
  }
}

function ask({ apiUrl, campaign, token }: BareApi, path: string, body?: readonly string[]): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const request = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers };
  return fetch(`${apiUrl}/api/campaigns/${campaign}/${path}`, request);
}
