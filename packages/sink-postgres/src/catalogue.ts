/** Lists the tables of a schema. */
export const TABLES_QUERY = `SELECT relname AS name FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) AND relkind IN ('r', 'p')`;

/** The count of the last VACUUM or ANALYZE; -1: there was none. */
export const ESTIMATE_QUERY = `SELECT reltuples::float8 AS estimate FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = $1`;

/**
 * Describes a table. A column's collation is part of its type where the two differ. A column that the database computes
 * or counts gets a type that is never written. A trigger that runs before each row is inserted or updated can drop the
 * row. Partial indexes, and those on expressions, are left out; so are unique ones that are checked only at the commit,
 * because an upsert finds no row by them.
 */
export const DESCRIPTION_QUERY = `WITH target AS (
  SELECT oid FROM pg_catalog.pg_class
  WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = $1 AND relkind IN ('r', 'p')
), columns AS (
  SELECT attnum, attname, format_type(atttypid, atttypmod) || coalesce(' COLLATE ' || quote_ident(collname), '')
    || CASE WHEN attgenerated <> '' THEN ' (computed)' WHEN attidentity <> '' THEN ' (identity)' ELSE '' END AS type
  FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
  LEFT JOIN pg_catalog.pg_collation ON pg_collation.oid = attcollation AND attcollation <> typcollation
  WHERE attrelid = (SELECT oid FROM target) AND attnum > 0 AND NOT attisdropped
), indexes AS (
  SELECT indexrelid, indisunique AND indimmediate AS finds, (
    SELECT json_agg(attname ORDER BY place) FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
    JOIN columns ON attnum = number WHERE place <= indnkeyatts
  ) AS names, (SELECT relname FROM pg_catalog.pg_class WHERE pg_class.oid = indexrelid) AS name FROM pg_catalog.pg_index
  WHERE indrelid = (SELECT oid FROM target) AND indisvalid AND indpred IS NULL AND indexprs IS NULL
), keys AS (
  SELECT columns.attname AS column, conname AS name,
    CASE WHEN nspname = $2 THEN '' ELSE nspname || '.' END || relname AS table,
    EXISTS (SELECT FROM pg_catalog.pg_attribute own WHERE own.attrelid = confrelid AND own.attname = '$changed') AS "isCopy"
  FROM pg_catalog.pg_constraint JOIN columns ON attnum = conkey[1]
  JOIN pg_catalog.pg_class ON pg_class.oid = confrelid JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
  WHERE conrelid = (SELECT oid FROM target) AND contype = 'f' AND cardinality(conkey) = 1
)
SELECT json_build_object(
  'columns', (SELECT json_agg(json_build_object('name', attname, 'type', type) ORDER BY attnum) FROM columns),
  'uniqueKeys', (SELECT coalesce(json_agg(names), '[]') FROM indexes WHERE finds),
  'indexes', (SELECT coalesce(json_agg(names ORDER BY indexrelid), '[]') FROM indexes),
  'indexNames', (SELECT coalesce(json_agg(name ORDER BY indexrelid), '[]') FROM indexes),
  'foreignKeys', (SELECT coalesce(json_agg(row_to_json(keys)), '[]') FROM keys),
  'droppingTriggers', (SELECT string_agg(tgname, ', ') FROM pg_catalog.pg_trigger
    WHERE tgrelid = (SELECT oid FROM target) AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 3 = 3 AND tgtype & 20 <> 0)
) AS description FROM target`;
