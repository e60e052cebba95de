import { errorCodes } from '@dbsync/core';
import { CliError } from './cli-error.js';
import type { CommandContext } from './commands/command-context.js';
import { commandNamed, commandNames } from './commands/commands.js';
import { type Ending, exitCodeOf, type Failure, failureOf } from './exit-code.js';
import { languageOfReader } from './languages/language-of-reader.js';
import { createReaderLanguage } from './languages/reader-language.js';
import { checkedValues, isTrue } from './options/checked-values.js';
import { refuseUnreadable } from './options/command-line.js';
import {
  type CompleteInvocation,
  type Invocation,
  readAllOptions,
  readOwnOptions,
  type Variables,
} from './options/invocation.js';
import { readValues } from './options/read-values.js';
import { secretsOf } from './options/secrets.js';
import { unexpectedWord } from './options/unexpected-word.js';
import { cappedText, MAX_CHARACTERS_OF_FAILURE } from './reporting/capped-text.js';
import { createSecretGuard, type SecretGuard } from './reporting/secret-guard.js';
import { createOutput, type OutputStream } from './terminal/output.js';
import { printFailure } from './terminal/print-failure.js';
import { packageVersion } from './version.js';

/** Runs the command: reads the options, does the work, reports the end. Returns the exit code, and never throws. */
export async function main(argv: readonly string[], variables: Variables, stdout: OutputStream): Promise<number> {
  const guard = createSecretGuard();
  const codes: CommandContext['codes'] = { ...errorCodes };
  const own = readOwnOptions(argv, variables);
  const lang = own.values.get('lang') ?? own.environment.get('lang');
  // A journal, a file and a pipe may have readers that know English alone, such as the rules of an alert.
  const language = languageOfReader(lang, stdout.isTTY === true ? variables : {});
  const output = createOutput(stdout, guard.redact, createReaderLanguage(language));
  const json = [own.values, own.environment].some((values) => isTrue(values.get('json')));
  protect(guard, own);

  const end = async (ending: Ending) => {
    if (ending.kind === 'failed') printFailure(shortened(ending.failure, guard), output, json);
    await output.flush();
    return exitCodeOf(ending);
  };
  const fail = (error: unknown) => end({ kind: 'failed', failure: failureOf(error, codes) });
  // A failure outside of any promise, such as in a driver's timer, is reported like any other; then the process ends.
  let lastWork = async (_: Failure): Promise<void> => {};
  process.on('uncaughtException', async (error) => {
    const code = await fail(error);
    await lastWork(failureOf(error, codes)).catch(ignoreSecond);
    process.exit(code);
  });
  const beforeEnd: CommandContext['beforeEnd'] = (work) => {
    lastWork = work;
  };

  try {
    if (isTrue(own.values.get('version'))) {
      output.line(packageVersion());
      return await end({ kind: 'done' });
    }
    return await end(
      await dispatch(await readAllOptions(own, argv, variables), { output, guard, codes, variables, beforeEnd }),
    );
  } catch (error) {
    return await fail(error);
  }
}

type Surroundings = Pick<CommandContext, 'output' | 'guard' | 'codes' | 'variables' | 'beforeEnd'>;

/** Ignores a failure of the last work: the first one is reported. */
function ignoreSecond(): void {}

async function dispatch(invocation: CompleteInvocation, surroundings: Surroundings): Promise<Ending> {
  const { options, values: given, environment, operands, doubts, plugins } = invocation;
  protect(surroundings.guard, invocation);
  const [word] = operands;
  surroundings.output.language.addSinks(plugins);
  checkedValues(new Map([...environment, ...given])).text('lang');
  if (isTrue(given.get('help')) || word === 'help') {
    const topic = word === 'help' ? operands[1] : word;
    const { output } = surroundings;
    const { renderHelp } = await import('./help/render-help.js');
    output.line(await renderHelp(topic, invocation, { words: output.language.words, columns: output.columns }));
    return { kind: 'done' };
  }
  refuseUnreadable(invocation, options);
  const command = word === undefined ? undefined : commandNamed(word);
  if (command === undefined && word !== undefined) throw unexpectedWord(word, commandNames());

  const values = await readValues(given, environment);
  surroundings.guard.protect(secretsOf(values, options));
  const schemes = plugins.flatMap(({ manifest }) => manifest.schemes);
  const asGiven: CommandContext = { operands: operands.slice(1), values, options, schemes, doubts, ...surroundings };
  const isOfOne = values.has('config') && command !== undefined && command.readsConfig !== true;
  const context = isOfOne
    ? await (await import('./config/context-of-campaign.js')).contextOfCampaign(asGiven)
    : asGiven;
  const perform = command ? await command.load() : (await import('./commands/run-any.js')).runAny;
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
