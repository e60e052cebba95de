/** The sink to write. */
export interface NewSink {
  readonly kind: SinkKind;
  /** The whole name of the package, such as `dbsync-sink-redis`. */
  readonly packageName: string;
  /** The folder, below the current one. */
  readonly folder: string;
  /** The first word of the URLs that the sink serves. */
  readonly scheme: string;
}

/** A store has transactions, an endpoint has none. */
export type SinkKind = 'store' | 'endpoint';

/** Options as a user gives them, all of them present. */
export interface GivenOptions {
  readonly kind: string;
  readonly name: string;
  readonly scheme: string;
}

/** An option that cannot be used. The message is for the user. */
export class UnusableOption extends Error {}

/** Matches a valid name: dbsync looks only at packages of such names. */
const PACKAGE_NAME = /^(?:@[a-z0-9][\w.-]*\/)?dbsync-sink-[a-z0-9][\w.-]*$/;
const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/**
 * Checks the options.
 *
 * @throws {@link UnusableOption} with the fault, and an example
 */
export function newSinkOf({ kind, name, scheme }: GivenOptions): NewSink {
  if (kind !== 'store' && kind !== 'endpoint') throw new UnusableOption('--kind is store or endpoint.');
  const packageName = packageNameOf(name);
  if (!PACKAGE_NAME.test(packageName) || packageName.length > 200)
    throw new UnusableOption('--name is a name in small letters, such as redis or @you/dbsync-sink-redis.');
  if (!SCHEME.test(scheme))
    throw new UnusableOption('--scheme is the first word of a URL, in small letters, such as redis.');
  return { kind, packageName, folder: packageName.slice(packageName.indexOf('/') + 1), scheme };
}

/** Completes `redis` and `@you/redis`. */
function packageNameOf(name: string): string {
  const [, scope = '', rest = ''] = /^(@[^/]*\/)?(.*)$/.exec(name) ?? [];
  return `${scope}${rest.startsWith('dbsync-sink-') ? rest : `dbsync-sink-${rest}`}`;
}
