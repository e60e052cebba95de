import { type Login, OLDEST_TDS_VERSION, TDS_7_4 } from './login.ts';
import { fails, type Part } from './replies.ts';
import { change, done, doneStatus, doneToken, featuresToken, infoToken, loginAckToken } from './tokens.ts';

/** The logins that a peer accepts. Absent members are not checked. */
export interface Admission {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/**
 * Returns the reason of a refusal, as parts of an answer: none when the login is accepted. A missing database is
 * reported before the login is refused.
 */
export function refusalOf(login: Login, { user, password, database }: Admission): readonly Part[] {
  const refused = fails(18456, { message: `Login failed for user '${login.user}'.` });
  if ((user ?? login.user) !== login.user || (password ?? login.password) !== login.password) return [refused];
  if (login.database === '' || (database ?? login.database) === login.database) return [];
  const message = `Cannot open database "${login.database}" requested by the login. The login failed.`;
  return [fails(4060, { message }), refused];
}

/** The facts that a session agreed on at its login. */
export interface Settled {
  readonly tdsVersion: number;
  readonly database: string;
  readonly packetBytes: number;
}

const LEAST_PACKET_BYTES = 512;
const MOST_PACKET_BYTES = 32_767;
export const DEFAULT_PACKET_BYTES = 4096;

export function settledBy({ tdsVersion, database, packetBytes }: Login): Settled {
  if (tdsVersion < OLDEST_TDS_VERSION) throw new Error(`TDS 0x${tdsVersion.toString(16)} is older than 7.2`);
  return {
    tdsVersion: Math.min(tdsVersion, TDS_7_4),
    database: database === '' ? 'master' : database,
    packetBytes:
      packetBytes === 0 ? DEFAULT_PACKET_BYTES : Math.min(Math.max(packetBytes, LEAST_PACKET_BYTES), MOST_PACKET_BYTES),
  };
}

/** Writes the response to an accepted login, in SQL Server's order (MS-TDS 2.2.1.2 shows the required parts). */
export function welcome({ tdsVersion, database, packetBytes }: Settled, features: readonly number[]): Buffer {
  const info = (number: number, message: string): Buffer => infoToken({ number, message, state: 2, class: 0 });
  return Buffer.concat([
    change.database(database, 'master'),
    info(5701, `Changed database context to '${database}'.`),
    change.collation(),
    change.language('us_english', ''),
    info(5703, 'Changed language setting to us_english.'),
    loginAckToken(tdsVersion),
    featuresToken(features),
    change.packetBytes(packetBytes, DEFAULT_PACKET_BYTES),
    doneToken(done.statement, doneStatus.last),
  ]);
}
