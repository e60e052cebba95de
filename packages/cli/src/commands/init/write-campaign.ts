import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Document, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { CliError } from '../../cli-error.js';
import { readConfigText } from '../../config/config-file.js';
import { keysOfCampaigns } from '../../config/config-keys.js';
import { problemText } from '../../config/config-problem.js';
import { isTrue } from '../../options/checked-values.js';
import type { OptionValues } from '../../options/command-option.js';
import { SECRETS_IN_FILES } from '../../options/read-values.js';
import { secretsOf } from '../../options/secrets.js';
import { replaceFile } from '../../replace-file.js';
import { systemReason } from '../../system-reason.js';
import type { CommandContext } from '../command-context.js';

/** A secret that goes into a file of its own. */
interface SecretFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Adds the campaign of these options to the file, which is made where it is missing; comments in it stay. Its secrets go into
 * files beside it that only their owner can read. The file is replaced as a whole, and only by one without errors.
 *
 * @returns the paths that were written
 * @throws CliError `CLI_CONFIG_INVALID`, `CLI_CONFIG_UNWRITABLE`
 */
export function writeCampaign(file: string, { values, options }: CommandContext): readonly string[] {
  const folder = dirname(file);
  const secrets: SecretFile[] = [];
  const campaign = campaignOf(values, { options, folder, secrets });
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
  const text = before === null ? newText(campaign) : textWith(before, campaign);
  const { problems } = readConfigText(text, { options, folder });
  if (problems.length > 0) {
    const list = problems.map((problem) => problemText(file, problem)).join('\n');
    throw new CliError(
      'CLI_CONFIG_INVALID',
      `With this campaign ${file} would have errors, so nothing was written:\n${list}`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    const written = secrets.filter(writeSecret).map(({ path }) => path);
    // A service may read an existing file as another user.
    replaceFile(file, text, before === null ? 0o600 : statSync(file).mode & 0o777);
    return [...written, file];
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(
      'CLI_CONFIG_UNWRITABLE',
      `${file} or a secret beside it cannot be written (${systemReason(cause)}).`,
      { cause },
    );
  }
}

/** Returns the keys of the campaign, and adds its secrets to those that get files. */
function campaignOf(
  values: OptionValues,
  {
    options,
    folder,
    secrets,
  }: Pick<CommandContext, 'options'> & { readonly folder: string; readonly secrets: SecretFile[] },
): Record<string, unknown> {
  const name = values.get('name') ?? values.get('campaign') ?? '';
  const keys = keysOfCampaigns(options);
  const given = [...values].filter(([option]) => keys.has(option));
  const entries = given.flatMap(([option, text]): readonly [string, unknown][] => {
    const [fileOption] = SECRETS_IN_FILES.find(([secret]) => secret === option) ?? [];
    if (fileOption !== undefined && values.has(`${fileOption}-file`)) return [];
    if (fileOption !== undefined && secretsOf(new Map([[option, text]]), options).size > 0) {
      const path = `${name.replace(/[^\w.-]/g, '-')}.${option}`;
      secrets.push({ path: join(folder, path), text });
      return [[`${option}-file`, path]];
    }
    const { type, path } = keys.get(option)?.option ?? {};
    if (path !== undefined) return [[option, fromFolder(text, folder)]];
    return [[option, type === 'flag' ? isTrue(text) : type === 'whole-number' ? Number(text) : text]];
  });
  return { ...(values.has('name') ? { name } : {}), ...Object.fromEntries(entries) };
}

/** Returns a path as the file has it: it counts from the folder of the file. */
function fromFolder(path: string, folder: string): string {
  return isAbsolute(path) ? path : relative(folder, resolve(path));
}

function newText(campaign: object): string {
  const document = new Document({ campaigns: [campaign] });
  document.commentBefore = ' dbsync run --config FILE; all keys: docs/configuration.md';
  return document.toString();
}

function textWith(before: string, campaign: object): string {
  const document = parseDocument(before);
  const { contents } = document;
  // The check of the text names the errors of a file that is returned as it was.
  if (document.errors.length > 0 || (contents !== null && !isMap(contents))) return before;
  const node = document.get('campaigns', true);
  const list = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(list)) list.add(document.createNode(campaign));
  else if (list === undefined || (isScalar(list) && list.value === null)) document.set('campaigns', [campaign]);
  else return before;
  return document.toString();
}

/** Writes a secret. @returns false where the file holds it already */
function writeSecret({ path, text }: SecretFile): boolean {
  if (existsSync(path)) {
    if (readFileSync(path, 'utf8').trim() === text.trim()) return false;
    throw new CliError(
      'CLI_CONFIG_UNWRITABLE',
      `${path} exists, and holds another secret. Remove it, or give another --name.`,
    );
  }
  writeFileSync(path, `${text.trim()}\n`, { mode: 0o600, flag: 'wx' });
  return true;
}
