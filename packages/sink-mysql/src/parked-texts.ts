import type { ColumnKind, UpsertTable } from '@dbsync/sql';
import type { CompiledQuery } from 'kysely';
import type { ServerConnection } from './mysql-connection.js';
import { mysqlTypes } from './mysql-types.js';
import type { ServerKind } from './server-facts.js';
import { literal, statementText } from './statement-text.js';
import type { UpsertStages } from './upsert-stages.js';

/** Shorter texts stay where they are. */
const LONG_UNITS = 256;

/**
 * Shortens a write that is longer than a request may be, because of the bodies of its dead letters: brings the long
 * texts of its statements into a stage, as rows are. Returns the statements, each of which reads its texts from there.
 */
export function createTextParking(stages: UpsertStages) {
  const tables = { mariadb: textTable('mariadb'), mysql: textTable('mysql') };

  return async (connection: ServerConnection, statements: readonly CompiledQuery[]): Promise<readonly string[]> => {
    const texts: string[] = [];
    const variable = (value: unknown): string => {
      if (typeof value !== 'string' || value.length < LONG_UNITS) return literal(value);
      return `@dbsync_text_${texts.push(value)}`;
    };
    const written = statements.map((statement) => {
      const first = texts.length + 1;
      const text = statementText(statement, variable);
      return { text, numbers: texts.slice(first - 1).map((_, behind) => first + behind) };
    });
    const rows = texts.map((text, index) => [String(index + 1), text]);
    const { stage } = await stages.fill(connection, { table: tables[connection.server.kind], rows });
    const fetch = (number: number) => `SELECT text INTO @dbsync_text_${number} FROM ${stage} WHERE nr = '${number}'`;
    return written.flatMap(({ text, numbers }) => [...numbers.map(fetch), text]);
  };
}

function textTable(kind: ServerKind): UpsertTable {
  const types = mysqlTypes(kind);
  const column = (name: string, columnKind: ColumnKind) => {
    const type = types.declare(columnKind, 'native');
    return { name, type, storage: types.storageOf(type, columnKind) };
  };
  return {
    name: '',
    columns: [column('nr', 'key'), column('text', 'text')],
    ownerIndex: null,
    changed: column('', 'instant'),
  };
}
