import type { EndpointSink } from './endpoint-sink.js';
import type { ErrorCodes } from './errors.js';
import type { StoreSink } from './store-sink.js';

/** The version of this contract. A manifest names the one it was written for. */
export const SINK_API = 1;

/** The part of a sink's `package.json` under `dbsync`: data, read before any of its code runs. */
export interface SinkManifest {
  readonly sinkApi: number;
  /** URL schemes, lower case, without the colon. */
  readonly schemes: readonly string[];
  /** The module that exports {@link CreateSink} as `createSink`, relative to the package. */
  readonly entry: string;
  readonly options: Readonly<Record<string, SinkOption>>;
  /**
   * The query string of the URL is the target's, as that of a web service is: it is passed on in the address, as is the
   * path, and options are given by flags alone. No output shows either.
   */
  readonly ownsQuery?: boolean;
  /**
   * An address that the help shows, such as `redis://user:password@host:6379/0`. An older dbsync refuses a manifest with
   * this key: the peer dependency has to name a version that knows it.
   */
  readonly example?: string;
  /**
   * The places of its texts in other languages than English: a folder of its package, such as `./languages`, or the name of a package
   * that it needs, such as `@dbsync/sql`, whose folder `languages` is meant. A folder has one for each language, such as `es`, with
   * `help.json`, an object from each English text of `options` to its translation, and `errors.json`, an object from each error code
   * to `{ what, normal, remedy }`. A text that is missing is shown in English. Absent: all are. An older dbsync refuses a manifest with
   * this key.
   */
  readonly languages?: readonly string[];
}

/**
 * An option, given as a URL parameter of this name, or as `--<scheme>-<name>`. Shared ones have a flag of the command
 * itself.
 */
export interface SinkOption {
  readonly type: 'string' | 'number' | 'boolean';
  readonly help: string;
  /**
   * The only accepted values. A user may write them in any case, with `-` or `_`: the sink gets the spelling of this
   * list.
   */
  readonly values?: readonly (string | number)[];
  readonly default?: OptionValue;
  /** True: no output shows the value. */
  readonly sensitive?: boolean;
  /** True: the value is the path of a file that holds a secret. A start warns where other users of the machine may use it. */
  readonly isSecretFile?: boolean;
  /** True: a user-visible flag of the command itself, such as `table-prefix`, sets it too. */
  readonly shared?: boolean;
  /** True: rows depend on it, so another value makes another plan, and every contact is fetched again. */
  readonly affectsRows?: boolean;
}

/** The value of a sink's option, of the type that the manifest declares. */
export type OptionValue = string | number | boolean;

/**
 * The module of `entry` exports this as `createSink`, and may export its {@link ErrorCodes} as `errorCodes`. It opens
 * no file and no connection. It throws a fatal SinkError on bad input.
 */
export type CreateSink = (target: SinkTarget) => StoreSink | EndpointSink;

/** Everything that a sink is created with. */
export interface SinkTarget {
  readonly address: SinkAddress;
  /** Checked against the manifest, defaults filled in; an option without default that was not given is absent. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /**
   * The HTTP proxy for this address, `http://user:password@host:port/` or `https://`, which the environment or a flag of the
   * command names. Only for addresses of the schemes `http` and `https`; absent: none.
   */
  readonly proxy?: string;
  /**
   * True for a command that reads a copy or leaves a request in it, such as `dead-letters list`: `open` makes no file,
   * database or table, and fails with a fatal error where they are missing. Absent: false.
   */
  readonly onlyLooks?: boolean;
  /**
   * True for a command that checks a target before its first use, such as `dbsync doctor`; given with `onlyLooks`. `open`
   * then also succeeds where there is no copy, and makes nothing; of the calls after it, `checkHealth`, `close`, and
   * `declareFields` with `dryRun` work without a copy, as far as they can. A sink that does not know it fails in `open`, and
   * the command reports that. Absent: false.
   */
  readonly copyMayBeMissing?: boolean;
  /** The things that it shares with other sinks of the process. Absent: it is alone. */
  readonly share?: SinkShare;
  /** Writes a notice for an administrator into the log, once. Never secrets. */
  readonly notify: (notice: SinkNotice) => void;
}

/**
 * The things that the sinks of several campaigns of one process share. A sink that does not know it opens connections of its own.
 */
export interface SinkShare {
  /** The most connections that all sinks with one key have open together. */
  readonly maxConnections: number;
  /** True: the operator has chosen the number. Absent: it is the default, and a sink for which sharing must be chosen shares none. */
  readonly isChosen?: boolean;
  /**
   * Returns the thing that is kept under this key until {@link forget}; makes it where there is none. The key names the sink's package, the
   * server, the login and all settings of a session.
   */
  of<T extends object>(key: string, create: () => T): T;
  /** Forgets the thing of this key, since no sink uses it any more. The next {@link of} makes another one. */
  forget(key: string): void;
}

/** A notice for an administrator. */
export interface SinkNotice {
  readonly level: 'debug' | 'info' | 'warn';
  readonly code: string;
  readonly message: string;
}

/**
 * The parts of `scheme://user:password@host:port/path`, decoded; credentials that are no valid percent-escapes are
 * taken raw, up to the last `@`. `scheme:rest` has only a path. Options of the query string are not included. Path and
 * query of a sink that {@link SinkManifest.ownsQuery | owns its query} are exactly as written, with their escapes.
 */
export interface SinkAddress {
  readonly scheme: string;
  readonly user: string | null;
  readonly password: string | null;
  /**
   * User and password exactly as written, only where that differs: clients that took credentials raw left addresses in
   * which `%41` means itself. As secret as the password.
   */
  readonly written?: { readonly user: string | null; readonly password: string | null };
  /** The host; empty where none was given. May be the directory of a unix socket. */
  readonly host: string;
  readonly port: number | null;
  /** The text after the authority, without its leading slash; the whole text after the colon where there is no `//`. */
  readonly path: string;
  /**
   * True for `scheme:///path`: there is no text between the slashes. A database server takes it for its usual host; for
   * a file it leaves open whether the path begins at the root. Absent: false.
   */
  readonly isWithoutHost?: true;
  /** The query without its question mark; only for a sink that owns its query, and only where there is one. */
  readonly query?: string;
}
