import type { ErrorCode } from '@dbsync/core/contract';

/** The error codes of `--config`. */
export const configErrorCodes = {
  CLI_CONFIG_INVALID: {
    what: 'The file of --config has errors. The message lists all of them, each with its line and column.',
    normal: null,
    remedy:
      'Correct each place that the message names; dbsync config check FILE lists them again. docs/configuration.md has all keys.',
    exit: 2,
  },
  CLI_CONFIG_SYNTAX: {
    what: 'The file of --config is no YAML, and no JSON, at this place.',
    normal: null,
    remedy: 'Look at the indentation, the quotes, the brackets and the commas there. Blanks indent, tabs do not.',
    exit: 2,
  },
  CLI_CONFIG_KEY: {
    what: 'The file of --config has a key that dbsync does not know at this place, or the value of a key has a wrong form.',
    normal: null,
    remedy: 'See docs/configuration.md. Editors offer the keys by the JSON Schema in the package of the command.',
    exit: 2,
  },
  CLI_CONFIG_TWICE: {
    what: 'Two campaigns of the file of --config have the same name, or would write the same copy.',
    normal: null,
    remedy:
      'Give each campaign a name of its own. Two copies of one campaign need another url, table-prefix or stream.',
    exit: 2,
  },
  CLI_CONFIG_SECRET: {
    what: 'A secret that the file of --config names is not there: the environment lacks the variable, or systemd gave no such credential.',
    normal: null,
    remedy: 'Set the variable, or add LoadCredential=NAME:PATH to the unit, then start dbsync again.',
    exit: 2,
  },
  CLI_CONFIG_UNWRITABLE: {
    what: 'dbsync init cannot write the file of campaigns, or a secret beside it.',
    normal: null,
    remedy: 'Give a file in a folder to which you may write, or another --name where a secret of this name exists.',
    exit: 3,
  },
  CLI_SECRET_INLINE: {
    what: 'The file of --config holds a secret itself. All who may read the file, its backups and its history see it.',
    normal: 'While you try dbsync out.',
    remedy:
      'Move it to a file of its own, and give that as token-file, url-file and so on; or use -env or -credential.',
    exit: null,
  },
  CLI_CONFIG_OVERRIDDEN: {
    what: 'An option of the command line, or a variable of the environment, replaces a key of the file of --config, for all of its campaigns.',
    normal: 'When that is what you want, such as --log-level debug for an hour.',
    remedy: 'If the key of the file should count, leave the option or the variable out.',
    exit: null,
  },
  CLI_CONFIG_KEPT: {
    what: 'dbsync read the file of --config again, but could not use it, or a part of it. The campaigns continue as before.',
    normal: 'While the file is being changed.',
    remedy: 'Correct what the message names, see dbsync config check FILE, and send SIGHUP again.',
    exit: null,
  },
  CLI_CONFIG_APPLIED: {
    what: 'dbsync read the file of --config again, after SIGHUP, and applied its changes.',
    normal: 'After each SIGHUP.',
    remedy: 'Nothing to do.',
    exit: null,
  },
  CLI_CONFIG_NEEDS_START: {
    what: 'Keys of the whole process have changed in the file of --config. They count from the next start on.',
    normal: null,
    remedy: 'Restart dbsync: no campaign loses anything.',
    exit: null,
  },
  CLI_CAMPAIGN_REPEATED: {
    what: 'An error ended one campaign of --config. dbsync starts it again after a pause, which grows to five minutes. The other campaigns go on.',
    normal: null,
    remedy: 'Look at the error that the message names.',
    exit: null,
  },
  CLI_CAMPAIGN_STOPPED: {
    what: 'One campaign of --config is stopped, because its options are wrong: another start would fail too. The other campaigns continue.',
    normal: null,
    remedy:
      'Correct what the message names, then send SIGHUP to dbsync, for example by systemctl reload dbsync. dbsync then starts the campaign.',
    exit: null,
  },
} as const satisfies Record<string, ErrorCode>;
