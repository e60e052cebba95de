import type { EngineComments } from '@dbsync/sql';
import { changeTable } from './change-table.js';
import type { MssqlPool } from './mssql-pool.js';
import { inTransaction, literal } from './statement-text.js';

/** Comments are extended properties of the name that Microsoft's own tools show. */
export function createMssqlComments(pool: MssqlPool): EngineComments {
  return {
    keeper: {
      maxBytesPerTable: Number.POSITIVE_INFINITY,
      async read(names, { signal }) {
        const text = commentsQuery(names.map(literal).join(', ') || 'NULL');
        const [rows = []] = await pool.use(signal, (connection) => connection.batch(text, { signal }));
        return rows.map((row) => ({
          name: String(row.name),
          isView: row.is_view === true,
          column: String(row.column_name),
          comment: row.comment === null ? null : String(row.comment),
        }));
      },
      async write(owner, comments, options) {
        const kind = owner.isView ? 'VIEW' : 'TABLE';
        const statements = comments.map(({ column, comment, replaces }) => {
          const places = [
            "@level0type = N'SCHEMA', @level0name = @schema",
            `@level1type = N'${kind}', @level1name = ${literal(owner.name)}`,
            ...(column === '' ? [] : [`@level2type = N'COLUMN', @level2name = ${literal(column)}`]),
          ];
          const procedure = replaces ? 'sp_updateextendedproperty' : 'sp_addextendedproperty';
          return `EXEC sys.${procedure} @name = N'MS_Description', @value = ${literal(comment)}, ${places.join(', ')}`;
        });
        const text = `DECLARE @schema sysname = SCHEMA_NAME();\n${inTransaction(statements)}`;
        await pool.use(options.signal, (connection) => changeTable(connection, text, options));
      },
    },
  };
}

function commentsQuery(names: string): string {
  return `SELECT o.name AS name, CAST(CASE WHEN o.type = 'V' THEN 1 ELSE 0 END AS bit) AS is_view, x.name AS column_name,
  CAST(p.value AS nvarchar(4000)) AS comment
FROM sys.objects AS o
CROSS APPLY (
  SELECT 0 AS id, CAST(N'' AS sysname) COLLATE DATABASE_DEFAULT AS name UNION ALL
  SELECT c.column_id, c.name COLLATE DATABASE_DEFAULT FROM sys.columns AS c WHERE c.object_id = o.object_id
) AS x
LEFT JOIN sys.extended_properties AS p ON p.class = 1 AND p.major_id = o.object_id AND p.minor_id = x.id AND p.name = N'MS_Description'
WHERE o.schema_id = SCHEMA_ID() AND o.type IN ('U', 'V') AND o.name IN (${names})
  AND HAS_PERMS_BY_NAME(QUOTENAME(SCHEMA_NAME()) + N'.' + QUOTENAME(o.name), N'OBJECT', N'ALTER') = 1
ORDER BY o.name, x.id`;
}
