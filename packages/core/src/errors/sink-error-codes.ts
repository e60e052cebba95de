import type { ErrorCode } from '../contract/index.js';

/** Codes of core that have to do with sinks: how they are found, loaded, and called. */
export const sinkErrorCodes = {
  SINK_URL_INVALID: {
    what: 'The URL of the target cannot be read.',
    normal: null,
    remedy:
      'Write it as scheme://user:password@host:port/name, or as scheme:path. The message says what is wrong with it.',
    exit: 2,
  },
  SINK_SCHEME_UNKNOWN: {
    what: 'No installed or known sink serves the scheme of the URL.',
    normal: null,
    remedy: 'Compare the first word of --url with those that the message lists, or install the plugin that serves it.',
    exit: 2,
  },
  SINK_NOT_INSTALLED: {
    what: 'The sink for this kind of target is a package of its own, and is not installed.',
    normal: null,
    remedy:
      'Run the command that the message ends with. Where dbsync is part of a project, run it in the folder of the project, without --global.',
    exit: 3,
  },
  SINK_OPTION_UNKNOWN: {
    what: 'The sink has no such option.',
    normal: null,
    remedy: 'Take one of those that the message lists; dbsync help options explains them.',
    exit: 2,
  },
  SINK_OPTION_UNSUPPORTED: {
    what: 'A flag of the command has no effect on this sink.',
    normal: null,
    remedy: 'Leave the flag out.',
    exit: 2,
  },
  SINK_OPTION_INVALID: {
    what: "A sink's option has an invalid value, or two values that contradict each other.",
    normal: null,
    remedy: 'Give it a value of the kind that the message names, once.',
    exit: 2,
  },
  SINK_FAILED: {
    what: 'The sink failed with an error without a code; it is unknown whether the target committed.',
    normal:
      'Now and then with a plugin that leaves some errors of its driver unclassified. dbsync claims again and repeats.',
    remedy: 'If it stays, report it to the author of the plugin with the message.',
    exit: 1,
  },
  SINK_OUTDATED: {
    what: 'The sink was made for an earlier dbsync, and lacks a call that this command needs, such as one that compares rows cell by cell for dbsync verify. Copying goes on.',
    normal: 'After an upgrade of dbsync without its sinks.',
    remedy:
      'Update the package of the sink to the version of dbsync: npm install PACKAGE@latest. dbsync plugins list names it, with its path.',
    exit: 3,
  },
  SINK_CALL_ABORTED: {
    what: 'A call to the sink was aborted before it had answered.',
    normal: 'When dbsync stops while it writes, or when a claim was lost.',
    remedy: 'Nothing to do: data that was not committed is written again.',
    exit: 1,
  },
  SINK_SECRETS_EXPOSED: {
    what: 'Other users of this machine may read or change the file of a client key that the address of the target names. A user who reads it can log in as dbsync.',
    normal: null,
    remedy: 'Run the command that the message shows.',
    exit: null,
  },
  SINK_MISUSED: {
    what: 'dbsync called the sink in a way that the contract forbids.',
    normal: null,
    remedy: 'This is a fault of dbsync: report it with the message.',
    exit: 1,
  },
  SINK_MISBEHAVED: {
    what: 'The sink answered a call in a way that the contract forbids. Its messages are delivered again.',
    normal: null,
    remedy: 'Report it to the author of the plugin with the message.',
    exit: 1,
  },
  PLUGIN_DIR_MISSING: {
    what: 'The folder of --plugin-dir does not exist.',
    normal: null,
    remedy: 'Create it, or correct the option.',
    exit: 2,
  },
  PLUGIN_AMBIGUOUS: {
    what: 'Two installed plugins serve the scheme of the URL.',
    normal: null,
    remedy: 'Uninstall one of the two that the message names, or put the wanted one alone into a --plugin-dir.',
    exit: 3,
  },
  PLUGIN_MANIFEST_INVALID: {
    what: 'The package.json of a plugin does not describe a sink in the way of the contract.',
    normal: null,
    remedy: 'Upgrade the plugin, or report it to its author with the message.',
    exit: 3,
  },
  PLUGIN_API_MISMATCH: {
    what: 'A plugin was written for another version of the sink contract.',
    normal: 'After an upgrade of only one of dbsync and its plugins.',
    remedy: 'Upgrade the package that the message names.',
    exit: 3,
  },
  PLUGIN_NOT_TESTABLE: {
    what: 'The conformance suite cannot run on the sink: its package has no module that makes places for tests, or it is for web services.',
    normal: 'For sinks whose authors run the suite in tests of their own.',
    remedy:
      'For a web service: dbsync webhook test. For a sink of your own: see "./testing" in docs/writing-a-sink.md. Else ask its author for the result of the suite.',
    exit: 2,
  },
  PLUGIN_LOAD_FAILED: {
    what: 'A plugin was found, but its code could not be loaded.',
    normal: null,
    remedy: 'Install it again, with all that it depends on. If it stays, report it to its author with the message.',
    exit: 3,
  },
} as const satisfies Record<string, ErrorCode>;
