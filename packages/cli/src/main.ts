import { errorCodes } from '@dbsync/core';
import { CliError } from './cli-error.js';
import type { CommandContext } from './commands/command-context.js';
import { type Ending, exitCodeOf, type Failure, failureOf } from './exit-code.js';
import { isTrue } from './options/checked-values.js';
import { refuseUnreadable } from './options/command-line.js';
import { deadLettersPage, deliveriesPage, forgetPage, mirrorPage, webhookPage } from './options/command-pages.js';
import { type HelpPage, mainPage, renderHelp } from './options/help-page.js';
import { type Invocation, readAllOptions, readOwnOptions, type Variables } from './options/invocation.js';
import { readValues } from './options/read-values.js';
import { secretsOf } from './options/secrets.js';
import { unexpectedWord } from './options/unexpected-word.js';
import { refetchPage, verifyPage } from './options/verify-pages.js';
import { cappedText, MAX_CHARACTERS_OF_FAILURE } from './reporting/capped-text.js';
import { lineJson } from './reporting/json-line.js';
import { createSecretGuard, type SecretGuard } from './reporting/secret-guard.js';
import { createOutput, type Output, type OutputStream } from './terminal/output.js';
import { packageVersion } from './version.js';

/** Commands with a first word of their own, each loaded only when it is called. */
const COMMANDS: Readonly<Record<string, NamedCommand>> = {
  'dead-letters': {
    page: deadLettersPage,
    load: async () => (await import('./commands/dead-letters-command.js')).deadLettersCommand,
  },
  deliveries: {
    page: deliveriesPage,
    load: async () => (await import('./commands/deliveries-command.js')).deliveriesCommand,
  },
  forget: {
    page: forgetPage,
    load: async () => (await import('./commands/forget-command.js')).forgetCommand,
  },
  'mirror-deletions': {
    page: mirrorPage,
    load: async () => (await import('./commands/mirror-command.js')).mirrorCommand,
  },
  refetch: {
    page: refetchPage,
    load: async () => (await import('./commands/refetch-command.js')).refetchCommand,
  },
  verify: {
    page: verifyPage,
    load: async () => (await import('./commands/verify-command.js')).verifyCommand,
  },
  webhook: {
    page: webhookPage,
    load: async () => (await import('./commands/webhook-command.js')).webhookCommand,
  },
};

interface NamedCommand {
  readonly page: HelpPage;
  load(): Promise<(context: CommandContext) => Promise<Ending>>;
}

/** Runs the command: reads the options, does the work, reports the end. Returns the exit code, and never throws. */
export async function main(argv: readonly string[], variables: Variables, stdout: OutputStream): Promise<number> {
  const guard = createSecretGuard();
  const output = createOutput(stdout, guard.redact);
  const codes: CommandContext['codes'] = { ...errorCodes };
  const own = readOwnOptions(argv, variables);
  const json = [own.values, own.environment].some((values) => isTrue(values.get('json')));
  protect(guard, own);

  const end = async (ending: Ending) => {
    if (ending.kind === 'failed') report(shortened(ending.failure, guard), output, json);
    await output.flush();
    return exitCodeOf(ending);
  };
  const fail = (error: unknown) => end({ kind: 'failed', failure: failureOf(error, codes) });
  // A failure outside of any promise, such as in a driver's timer, is reported like any other; then the process ends.
  process.on('uncaughtException', (error) => void fail(error).then((code) => process.exit(code)));

  try {
    if (isTrue(own.values.get('version'))) {
      output.line(packageVersion());
      return await end({ kind: 'done' });
    }
    return await end(await dispatch(await readAllOptions(argv, variables), { output, guard, codes, variables }));
  } catch (error) {
    return await fail(error);
  }
}

type Surroundings = Pick<CommandContext, 'output' | 'guard' | 'codes' | 'variables'>;

async function dispatch(invocation: Invocation, surroundings: Surroundings): Promise<Ending> {
  const { options, values: given, environment, operands, doubts } = invocation;
  protect(surroundings.guard, invocation);
  const [word = ''] = operands;
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (isTrue(given.get('help')) || operands[0] === 'help') {
    const { output } = surroundings;
    output.line(await renderHelp(command?.page ?? mainPage, options, output.columns));
    return { kind: 'done' };
  }
  refuseUnreadable(invocation, options);
  if (command === undefined && operands[0] !== undefined) throw unexpectedWord(word, Object.keys(COMMANDS));

  const values = await readValues(given, environment);
  surroundings.guard.protect(secretsOf(values, options));
  const context: CommandContext = { operands: operands.slice(1), values, doubts, ...surroundings };
  const perform = command ? await command.load() : (await import('./commands/run-command.js')).runCommand;
  return perform(context).catch((error: unknown) => {
    throw withDoubts(error, doubts);
  });
}

/** Guards secrets as early as possible, so that not even the refusal of another option can show one. */
function protect(guard: SecretGuard, { values, environment, options }: Invocation): void {
  for (const given of [values, environment]) guard.protect(secretsOf(given, options));
}

/** Adds the doubtful variables to the error of a missing option, which may have been given under a misspelled name. */
function withDoubts(error: unknown, doubts: readonly string[]): unknown {
  if (!(error instanceof CliError) || error.code !== 'CLI_OPTION_MISSING') return error;
  return new CliError(error.code, [error.message, ...doubts].join(' '));
}

function shortened(failure: Failure, { redact }: SecretGuard): Failure {
  return { ...failure, message: cappedText(failure.message, redact, MAX_CHARACTERS_OF_FAILURE) };
}

function report({ code, message, remedy, exit }: Failure, output: Output, json: boolean): void {
  if (json) output.json(lineJson('error', 'critical', { code, message, remedy, exit }));
  else output.line(`${code}: ${message}${remedy === null ? '' : `\n  ${remedy}`}`);
}
