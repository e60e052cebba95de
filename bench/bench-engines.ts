import type { BenchEngine } from './bench-engine.ts';
import { openMariadbBench } from './mariadb-engine.ts';
import { openPostgresBench } from './postgres-engine.ts';
import { openSqliteBench } from './sqlite-engine.ts';

/** Opens an empty database of each engine that this repository brings. */
export const OWN_ENGINES: Readonly<Record<string, () => Promise<BenchEngine>>> = {
  sqlite: openSqliteBench,
  postgres: openPostgresBench,
  mariadb: openMariadbBench,
};

/** Opens an empty database of the engine of that name. @throws Error for a name that none has */
export function openEngine(name: string): Promise<BenchEngine> {
  const open = OWN_ENGINES[name];
  if (open === undefined) throw new Error(`No engine ${name}`);
  return open();
}
