import type { ErrorCode } from '@dbsync/core/contract';
import { configErrorCodes } from './config-error-codes.js';
import { metricsErrorCodes } from './metrics-error-codes.js';
import { reportErrorCodes } from './report-error-codes.js';
import { serviceErrorCodes } from './service-error-codes.js';

/** The error codes of the command: what happened, when that is normal, what to do. */
export const errorCodes = {
  CLI_OPTION_UNKNOWN: {
    what: 'The command line has an option that dbsync and its sinks do not know.',
    normal: null,
    remedy: 'See dbsync help options. Options of a sink are known only where the sink is installed.',
    exit: 2,
  },
  CLI_OPTION_MISSING: {
    what: 'An option that the command needs was not given.',
    normal: null,
    remedy: 'Give it on the command line or as DBSYNC_<OPTION> in the environment; see dbsync help options.',
    exit: 2,
  },
  CLI_OPTION_VALUE: {
    what: 'An option has no value, or an invalid one.',
    normal: null,
    remedy:
      'Give one of the values that the message names. An empty shell variable is the usual cause of a missing one.',
    exit: 2,
  },
  CLI_OPTION_CONFLICT: {
    what: 'Two options contradict each other.',
    normal: null,
    remedy: 'Leave one of them out.',
    exit: 2,
  },
  CLI_OPTION_IDLE: {
    what: 'An option was given that has no effect here.',
    normal: 'After a move from the old client: its command lines still work.',
    remedy: 'Leave the option out; dbsync help options names the option that replaced it.',
    exit: null,
  },
  CLI_URL_CHANGED: {
    what: 'The file of --url-file has changed, and dbsync uses its new URL: the same target, with another password or query. For a database dbsync reads the file again when a login is refused.',
    normal: 'Whenever a password or a token in the URL is renewed.',
    remedy: 'Nothing, unless the file should not have changed.',
    exit: null,
  },
  CLI_URL_KEPT: {
    what: 'The file of --url-file has changed, and dbsync still uses the former URL: the new one names another target, or cannot be used.',
    normal: 'For a moment, while the file is being written.',
    remedy:
      'Correct the file: dbsync reads it again every few seconds, for a database at each new attempt to connect. For another target start dbsync again, with --adopt-url if the receiver has moved, or with --stream NAME if it is another one.',
    exit: null,
  },
  CLI_PROXY_INVALID: {
    what: '--proxy, or a variable of the environment such as HTTPS_PROXY, names no HTTP proxy.',
    normal: null,
    remedy:
      'Write it as http://host:port, with user:password@ before the host where the proxy demands credentials. --proxy "" ignores the proxy of the environment.',
    exit: 2,
  },
  CLI_VARIABLE_UNKNOWN: {
    what: 'An environment variable starts with DBSYNC_ and resembles an option, but is none.',
    normal: null,
    remedy: 'Correct its name, as the message says. dbsync ignores it.',
    exit: null,
  },
  CLI_SINK_UNFIT: {
    what: 'The target is of the wrong kind for the mode: a web service where a database is needed, or a database where a web service is needed.',
    normal: null,
    remedy: 'Give the mode that fits the target, as the message says, or another URL.',
    exit: 2,
  },
  CLI_WORD_UNEXPECTED: {
    what: 'The command line has a word that belongs to no option.',
    normal: null,
    remedy:
      'Put values with blanks in quotes, and note that flags such as --v take no value. Such words are never printed: one may be a secret.',
    exit: 2,
  },
  CLI_FILE_UNREADABLE: {
    what: 'A file that an option names could not be read, or does not contain what the option needs.',
    normal: null,
    remedy:
      'Check the path, and that the user of dbsync may read the file. A file with a token or a URL must contain only that, on one line. A file of certificates must be in PEM.',
    exit: 2,
  },
  CLI_SECRETS_EXPOSED: {
    what: 'Other users of this machine may read or change the file of --token-file, --url-file, --hash-key-file or of another option with a secret.',
    normal: null,
    remedy:
      'Take their permission away with the command of the message. In a container, do it on the host, for the file that is mounted there; or mount a secret of Kubernetes or Docker Swarm, which only the container can read.',
    exit: null,
  },
  CLI_FOLDER_EXPOSED: {
    what: 'Other users of this machine may write to the folder of the logs or of the state file, so they can remove or replace files.',
    normal: 'For folders that a container platform mounts, where no other user is in the container.',
    remedy: 'Take their permission away: chmod go-w FOLDER; or name another folder by --log-dir or --state-dir.',
    exit: null,
  },
  CLI_API_NOT_ENCRYPTED: {
    what: 'The address of --api-url begins with http and leads to another machine: the network can read the token and all contacts.',
    normal: 'In a network that only you can reach.',
    remedy: 'Give an address that begins with https.',
    exit: null,
  },
  CLI_DEBUGGER_OPEN: {
    what: 'An option of Node.js, such as --inspect in NODE_OPTIONS, opens the debugger. Every user of this machine can read the token and the password there, and run code.',
    normal: 'While dbsync itself is being developed.',
    remedy: 'Leave the option out.',
    exit: null,
  },
  CLI_EARLIER_CLIENT: {
    what: 'The old client has worked on this campaign, and its state file shows how far it had come.',
    normal: 'On the first run of webhook mode after the old client.',
    remedy: 'Nothing to do; give --since to begin at another time.',
    exit: null,
  },
  CLI_STATE_DIR_UNWRITABLE: {
    what: 'dbsync may not write to any folder for the state file of webhook mode.',
    normal: null,
    remedy: 'Give --state-dir with a folder to which the user of dbsync may write.',
    exit: 3,
  },
  CLI_LOG_DIR_UNWRITABLE: {
    what: 'dbsync may not write to the folder of --log-dir.',
    normal: null,
    remedy: 'Create it and give it to the user of dbsync, or name another.',
    exit: 3,
  },
  CLI_LOG_FAILED: {
    what: 'A log line could not be written, such as on a full disk.',
    normal: null,
    remedy: 'Free some room on the disk. dbsync continues without this line, and writes the next one again.',
    exit: null,
  },
  ...metricsErrorCodes,
  CLI_DEAD_LETTER_UNKNOWN: {
    what: 'No dead letter of the campaign has this key.',
    normal: 'When it has been settled meanwhile.',
    remedy: 'See dbsync dead-letters list; the first letters of a key are enough where no other starts with them.',
    exit: 2,
  },
  CLI_ALERT_NOT_SENT: {
    what: 'An alert could not be sent by --alert-url or --alert-command. The copy is not affected. The message comes once, until an alert is sent again. dbsync tries it again, after a quarter of an hour at most, until it is delivered or a newer one of its kind takes its place.',
    normal: 'While the receiver of alerts restarts.',
    remedy: 'Check the URL or the program, the proxy and the firewall: see docs/monitoring.md.',
    exit: null,
  },
  CLI_HEALTHCHECK_FAILED: {
    what: 'The URL of --healthcheck-url could not be called. The copy is not affected. The message comes once, until a call succeeds again.',
    normal: 'While the monitor restarts.',
    remedy: 'Check the URL, the proxy and the firewall: see docs/monitoring.md.',
    exit: null,
  },
  CLI_CAMPAIGN_UNKNOWN: {
    what: 'The target holds no copy of this campaign: dbsync has never written it there.',
    normal: 'Before the first start.',
    remedy: 'Check --campaign, --url and --table-prefix. dbsync status --all shows the campaigns of a database.',
    exit: 2,
  },
  CLI_STATUS_UNKNOWN: {
    what: 'The sink was made for an earlier release, and cannot report the state of a copy.',
    normal: null,
    remedy: 'Update the package of the sink.',
    exit: 2,
  },
  ...configErrorCodes,
  ...reportErrorCodes,
  ...serviceErrorCodes,
  CLI_DELIVERY_UNKNOWN: {
    what: 'No delivery fits the id, the contact or the transaction that was given.',
    normal: 'When it was accepted meanwhile, or is older than the log of attempts.',
    remedy:
      'See dbsync deliveries; the first letters of an id are enough. For deliveries that were given up: dbsync dead-letters list.',
    exit: 2,
  },
  CLI_TEST_NOT_ACCEPTED: {
    what: 'The receiver answered the sample of dbsync webhook test, and did not accept it.',
    normal: null,
    remedy: 'Read the answer that the command printed, and correct the receiver or the options of the webhook.',
    exit: 1,
  },
  CLI_TEST_NOT_REACHED: {
    what: 'The sample of dbsync webhook test found no working receiver: no connection, no answer in time, or an answer that says that it is down.',
    normal: null,
    remedy: 'Check the address, the credentials and the firewall, and that the receiver runs.',
    exit: 3,
  },
  CLI_TEST_GONE: {
    what: 'The receiver answered the sample of dbsync webhook test with 410: it accepts no deliveries.',
    normal: null,
    remedy: 'Give the address of a receiver that wants them.',
    exit: 4,
  },
  CLI_TARGET_UNFIT: {
    what: 'A check of the database, once after the start, found something that makes the copy slow, fragile or incomplete.',
    normal: 'On servers whose settings or rights are not yours to change.',
    remedy: 'Do what the message says, then see dbsync doctor.',
    exit: null,
  },
  CLI_TESTKIT_MISSING: {
    what: 'dbsync plugins test needs the package @dbsync/testkit, which is not installed.',
    normal: 'Until it is installed: runs do not need it.',
    remedy: 'Install it by the command of the message, beside dbsync or in the folder of --plugin-dir.',
    exit: 3,
  },
  CLI_TEST_TARGET_USED: {
    what: 'The target of dbsync plugins test holds something.',
    normal: null,
    remedy:
      'Give a target for tests alone, such as a new database, schema, file or folder: the suite writes to it and empties it.',
    exit: 2,
  },
  CLI_CONFORMANCE_FAILED: {
    what: 'The sink broke promises of the contract on this target, or none could be tested.',
    normal: null,
    remedy:
      'Read the cases that the command printed. Do not copy with this sink into such a target; report it to the author of the sink with the version of the server.',
    exit: 1,
  },
  CLI_DIAG_UNWRITABLE: {
    what: 'The archive of dbsync diag cannot be made.',
    normal: null,
    remedy: 'Name a file that does not exist, in a folder to which you may write, by --diag-file.',
    exit: 3,
  },
  CLI_UNEXPECTED: {
    what: 'An error occurred that dbsync does not know.',
    normal: null,
    remedy: 'Report it with the log file, which names the place of the failure.',
    exit: 1,
  },
} as const satisfies Record<string, ErrorCode>;

export type ErrorCodeName = keyof typeof errorCodes;

/** The codes of errors, which can end the process. The others are notices. */
export type FailureCode = {
  [Name in ErrorCodeName]: (typeof errorCodes)[Name]['exit'] extends null ? never : Name;
}[ErrorCodeName];
