import { queryRows } from '../harness/compare/query-rows.ts';
import { type EngineName, withParameters } from '../harness/targets.ts';

/** Returns the plan that the engine makes for a query, as one text, with the indexes that it may take on MariaDB and MySQL. */
export async function planOf(engine: EngineName, url: string, query: string): Promise<string> {
  const isMysql = engine === 'mariadb' || engine === 'mysql';
  const explain = isMysql ? 'EXPLAIN FORMAT = TRADITIONAL' : engine === 'sqlite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
  return (await queryRows(plannerAt(engine, url), `${explain} ${query}`)).map((row) => row.join(' ')).join('\n');
}

/** Few rows fit one page, which PostgreSQL would rather read whole: it plans as if that were dear. */
function plannerAt(engine: EngineName, url: string): string {
  return engine === 'postgres' ? withParameters(url, { options: '-c enable_seqscan=off' }) : url;
}

/** Returns the words of a plan that reads a part of an index alone, and not all of it. @param index its name */
export function narrowedBy(engine: EngineName, index: string): RegExp {
  if (engine === 'sqlite') return new RegExp(String.raw`SEARCH \w+ USING (COVERING )?INDEX ${index} \(`);
  if (engine === 'postgres') return new RegExp(String.raw`\b${index}\b[^\n]*\n\s*Index Cond:`);
  // The columns are the type of access, the indexes that it may take, and the one that it takes.
  return new RegExp(String.raw`\b(range|ref|eq_ref) \S+ ${index} `);
}
