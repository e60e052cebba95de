import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { CliError } from '../cli-error.js';
import { replaceFile } from '../replace-file.js';
import { systemReason } from '../system-reason.js';
import { hasOwnMark, withMark } from './own-mark.js';
import { placeOf } from './service-place.js';
import type { ProgramStep, ServicePlan, ServiceStep } from './service-plan.js';

export interface CarryOutOptions {
  readonly root: string | null;
  /** Replace and remove files too that dbsync did not write as they are. */
  readonly force: boolean;
  /** Only say what would be done. */
  readonly isDry: boolean;
  readonly say: (line: string) => void;
}

/** Checks all steps, then does them one after the other, and says each. Nothing is changed where a check fails. */
export function carryOut({ steps, remarks }: ServicePlan, options: CarryOutOptions): void {
  if (!options.force) for (const step of steps) refuseForeign(step, options.root);
  for (const step of steps) {
    const text = describe(step, options.root);
    if (text === null) continue;
    options.say(options.isDry ? `would ${text}` : text);
    if (options.isDry) continue;
    if (step.kind === 'run') runProgram(step);
    else changeFile(step, placeOf(step.path, options.root));
  }
  for (const remark of remarks) options.say(remark);
}

/** Throws for a file that has another origin, was changed, or holds another secret. */
function refuseForeign(step: ServiceStep, root: string | null): void {
  if (step.kind !== 'file' && step.kind !== 'remove' && step.kind !== 'secret') return;
  const there = contentsOf(placeOf(step.path, root));
  if (there === null) return;
  if (step.kind === 'secret') {
    if (there.trim() === step.text) return;
    throw new CliError('CLI_SERVICE_FOREIGN', `${step.path} holds another value than the one that was given.`);
  }
  if (hasOwnMark(there, step.comment)) return;
  throw new CliError(
    'CLI_SERVICE_FOREIGN',
    `${step.path} was not written by dbsync service install, or was changed since.`,
  );
}

/** Says what a step does; null: it has nothing to do. */
function describe(step: ServiceStep, root: string | null): string | null {
  switch (step.kind) {
    case 'folder':
      return existsSync(placeOf(step.path, root)) ? null : `make ${placeOf(step.path, root)}`;
    case 'file':
    case 'secret':
      return `write ${placeOf(step.path, root)}`;
    case 'remove':
      return existsSync(placeOf(step.path, root)) ? `remove ${placeOf(step.path, root)}` : null;
    case 'run':
      return `run ${[step.program, ...step.args].join(' ')}`;
  }
}

function changeFile(step: Exclude<ServiceStep, ProgramStep>, path: string): void {
  try {
    switch (step.kind) {
      case 'folder':
        mkdirSync(path, { recursive: true, mode: step.mode });
        chmodSync(path, step.mode);
        break;
      case 'file':
        replaceFile(path, Buffer.from(withMark(step.text, step.comment), step.encoding), 0o644);
        break;
      case 'secret':
        replaceFile(path, `${step.text}\n`, 0o600);
        break;
      case 'remove':
        rmSync(path, { force: true });
    }
  } catch (cause) {
    throw new CliError('CLI_SERVICE_FAILED', `dbsync could not change ${path} (${systemReason(cause)}).`, { cause });
  }
}

/** Returns the text of a file; null: there is none. */
function contentsOf(path: string): string | null {
  if (!existsSync(path)) return null;
  try {
    const bytes = readFileSync(path);
    return bytes.toString(bytes.subarray(0, 2).equals(UTF_16_MARK) ? 'utf16le' : 'utf8');
  } catch (cause) {
    throw new CliError('CLI_SERVICE_FAILED', `dbsync may not read ${path} (${systemReason(cause)}).`, { cause });
  }
}

const UTF_16_MARK = Buffer.from([0xff, 0xfe]);

function runProgram({ program, args, mayFail }: ProgramStep): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', windowsHide: true });
  if (mayFail === true || status === 0) return;
  const said = error ? `it cannot be started: ${systemReason(error)}` : `${stdout}${stderr}`.trim();
  throw new CliError('CLI_SERVICE_FAILED', `${[program, ...args].join(' ')} failed: ${said}`);
}
