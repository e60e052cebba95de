import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

const SOURCES = ['../../packages/sql/src', '../../packages/sink-postgres/src'];

/** The packages have 120 files; fewer mean that a folder was left out. */
const LEAST_SOURCES = 100;

/** Types whose combinations match calls better than the functions of PostgreSQL do. */
const TYPES = [
  'text',
  'varchar',
  'name',
  'int4',
  'int8',
  'bool',
  'oid',
  'regclass',
  '"char"',
  'numeric',
  'timestamptz',
];
const OPERATORS = ['=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '/', '||', '~~', '&'];
const RELATIONS = ['pg_class', 'pg_namespace', 'pg_index', 'pg_type', 'pg_settings', 'pg_database'];

/**
 * Plants functions, operators, casts, types and views under another role, with the names that dbsync's SQL uses, in the
 * schema of the tables. Each moves the sequence `planted_ran` and fails where the victim runs it.
 */
export async function plantFunctions(url: string, mallory: string, victim: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${mallory}, ${victim};
      CREATE SEQUENCE public.planted_ran; GRANT ALL ON SEQUENCE public.planted_ran TO PUBLIC`);
    const { rows } = await client.query<{ name: string; count: number }>(
      `SELECT DISTINCT proname::text AS name, pronargs::int AS count FROM pg_catalog.pg_proc
       WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind <> 'p' AND proname = ANY($1)`,
      [calledNames()],
    );
    await client.query(`SET SESSION AUTHORIZATION ${mallory}; SET search_path = pg_catalog`);
    await client.query(`CREATE FUNCTION public.planted() RETURNS bool LANGUAGE plpgsql AS $f$ BEGIN
      IF current_user OPERATOR(pg_catalog.=) '${victim}'::pg_catalog.name THEN
        PERFORM pg_catalog.nextval('public.planted_ran'::pg_catalog.regclass);
        RAISE EXCEPTION 'a planted object ran';
      END IF;
      RETURN true; END $f$`);
    const functions = rows.flatMap(({ name, count }) => signatures(count).map((types) => functionText(name, types)));
    await client.query(functions.join(';\n'));
    await client.query(operators().join(';\n'));
    await client.query(casts().join(';\n'));
    await client.query(
      RELATIONS.map(
        (name) => `CREATE VIEW public.${name} AS SELECT * FROM pg_catalog.${name} WHERE public.planted();
          GRANT SELECT ON public.${name} TO PUBLIC`,
      ).join(';'),
    );
    await client.query(
      TYPES.map((type) => `CREATE DOMAIN public.${type} AS pg_catalog.${type} CHECK (public.planted())`).join(';'),
    );
  } finally {
    await client.end();
  }
}

/**
 * Returns words before a bracket in the sources of dbsync's SQL; words that are no function of PostgreSQL match
 * nothing.
 */
function calledNames(): string[] {
  const files = SOURCES.flatMap((folder) => {
    const path = join(import.meta.dirname, folder);
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((file) => join(path, file));
  });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  if (sources.length < LEAST_SOURCES) throw new Error(`Only ${sources.length} files were read for names of functions.`);
  const words = sources.flatMap((file) => readFileSync(file, 'utf8').match(/\b[a-z_0-9]+(?=\()/g) ?? []);
  return [...new Set(words)];
}

function signatures(count: number): string[][] {
  if (count === 0) return [[]];
  if (count === 1) return TYPES.map((type) => [type]);
  if (count === 2) return TYPES.slice(0, 5).flatMap((one) => TYPES.slice(0, 5).map((other) => [one, other]));
  return ['text', 'varchar', 'name'].map((type) => Array.from({ length: count }, () => type));
}

function functionText(name: string, types: readonly string[]): string {
  return `CREATE FUNCTION public.${pg.escapeIdentifier(name)}(${types.join(', ')}) RETURNS text LANGUAGE plpgsql AS
    $f$ BEGIN RETURN public.planted()::text; END $f$`;
}

/** Returns operators. `=` works for all other roles, so that the test itself can read. */
function operators(): string[] {
  const pairs = TYPES.flatMap((left) => likeTypes(left).map((right) => ({ left, right })));
  return OPERATORS.flatMap((sign, index) =>
    pairs.map(
      ({
        left,
        right,
      }) => `CREATE FUNCTION public.planted_${index}(a ${left}, b ${right}) RETURNS bool LANGUAGE plpgsql AS
      $f$ BEGIN RETURN public.planted() AND a::text OPERATOR(pg_catalog.=) b::text; END $f$;
      CREATE OPERATOR public.${sign} (FUNCTION = public.planted_${index}, LEFTARG = ${left}, RIGHTARG = ${right})`,
    ),
  );
}

/**
 * Returns the types that a value of this type is compared with: text and whole numbers with each other, others with
 * their own.
 */
function likeTypes(type: string): readonly string[] {
  const alike = TYPES.slice(0, 5);
  return alike.includes(type) ? alike : [type];
}

function casts(): string[] {
  return ['text', 'varchar', 'int8', 'name'].flatMap((type, index) => [
    `CREATE TYPE public.sly_${index} AS (planted text)`,
    `CREATE FUNCTION public.to_sly_${index}(a ${type}) RETURNS public.sly_${index} LANGUAGE plpgsql AS
      $f$ BEGIN RETURN ROW(public.planted()::text)::public.sly_${index}; END $f$`,
    `CREATE CAST (${type} AS public.sly_${index}) WITH FUNCTION public.to_sly_${index}(${type}) AS IMPLICIT`,
  ]);
}
