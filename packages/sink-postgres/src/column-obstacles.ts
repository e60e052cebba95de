/**
 * Finds the objects that keep columns of the table `$1` of the schema `$2` from getting another type, by `pg_depend`: views and
 * materialized views, rules, triggers that name columns, policies, generated columns, and the partition key. Views that are built
 * on such a view come before it, since they have to go first.
 */
export const OBSTACLES = `WITH RECURSIVE target AS (
  SELECT oid, oid::regclass::text AS name FROM pg_catalog.pg_class
  WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = $1 AND relkind IN ('r', 'p')
), used AS (
  SELECT target.oid AS relid, target.name AS table_name, attnum, attname, classid, objid, objsubid
  FROM target JOIN pg_catalog.pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = target.oid
  JOIN pg_catalog.pg_attribute ON attrelid = target.oid AND attnum = refobjsubid AND attnum > 0
), rules AS (
  SELECT used.*, rulename, ev_class, relkind, ev_class::regclass::text AS on_name
  FROM used JOIN pg_catalog.pg_rewrite ON classid = 'pg_rewrite'::regclass AND pg_rewrite.oid = objid
  JOIN pg_catalog.pg_class ON pg_class.oid = ev_class
), views (attname, oid, depth) AS (
  SELECT attname, ev_class, 1 FROM rules WHERE relkind IN ('v', 'm')
  UNION
  SELECT attname, pg_rewrite.ev_class, depth + 1 FROM views
  JOIN pg_catalog.pg_depend ON refclassid = 'pg_class'::regclass AND refobjid = views.oid AND pg_depend.classid = 'pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite ON pg_rewrite.oid = pg_depend.objid AND ev_class <> views.oid WHERE depth < 20
), generated AS (
  SELECT DISTINCT used.table_name, used.attname, own.attname AS own_name
  FROM used LEFT JOIN pg_catalog.pg_attrdef ON classid = 'pg_attrdef'::regclass AND pg_attrdef.oid = objid
  JOIN pg_catalog.pg_attribute own ON own.attrelid = relid AND own.attgenerated <> ''
    AND own.attnum = CASE WHEN classid = 'pg_attrdef'::regclass THEN adnum WHEN classid = 'pg_class'::regclass AND objid = relid THEN objsubid END
    AND own.attnum <> used.attnum
)
SELECT attname AS column, kind || views.oid::regclass::text AS what, 'DROP ' || upper(kind) || views.oid::regclass::text AS clear,
  -max(depth) AS place,
  CASE WHEN relkind = 'v' AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) THEN relname END AS view
FROM views JOIN pg_catalog.pg_class ON pg_class.oid = views.oid
CROSS JOIN LATERAL (SELECT CASE relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END AS kind) AS named
GROUP BY attname, views.oid, kind, relkind, relnamespace, relname
UNION
SELECT attname, format('rule %I on %s', rulename, on_name), format('DROP RULE %I ON %s', rulename, on_name), 0, NULL
FROM rules WHERE relkind NOT IN ('v', 'm')
UNION
SELECT attname, format('trigger %I on %s', tgname, table_name), format('DROP TRIGGER %I ON %s', tgname, table_name), 0, NULL
FROM used JOIN pg_catalog.pg_trigger ON classid = 'pg_trigger'::regclass AND pg_trigger.oid = objid WHERE NOT tgisinternal
UNION
SELECT attname, format('policy %I on %s', polname, table_name), format('DROP POLICY %I ON %s', polname, table_name), 0, NULL
FROM used JOIN pg_catalog.pg_policy ON classid = 'pg_policy'::regclass AND pg_policy.oid = objid
UNION
SELECT attname, format('generated column %s.%I', table_name, own_name), format('ALTER TABLE %s DROP COLUMN %I', table_name, own_name), 0, NULL
FROM generated
UNION
SELECT attname, format('partition key of %s', name), NULL, 0, NULL
FROM target JOIN pg_catalog.pg_partitioned_table ON partrelid = target.oid
JOIN pg_catalog.pg_attribute ON attrelid = target.oid AND attnum = ANY (partattrs::int2[]) AND attnum > 0
ORDER BY 1, 4, 2`;
