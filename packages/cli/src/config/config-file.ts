import type { CommandOption, OptionValues } from '../options/command-option.js';
import { keysOfCampaigns, keysOfProcess } from './config-keys.js';
import { type ConfigLayer, type GivenKey, type LayerReading, problemAt, readLayer } from './config-layer.js';
import { type ConfigProblem, type FilePosition, inOrder } from './config-problem.js';
import { type ConfigNode, readTree } from './config-tree.js';
import { valueProblems } from './value-problems.js';

/** A file of campaigns, read and checked. No file of a secret was read yet. */
export interface ConfigFile {
  /** The options of the whole process. */
  readonly process: OptionValues;
  readonly campaigns: readonly ConfigCampaign[];
  /** The errors, in the order of the file. With one, the file must not be used. */
  readonly problems: readonly ConfigProblem[];
}

/** One campaign of the file, with the defaults. */
export interface ConfigCampaign {
  /** The name of the campaign in logs, metrics and commands; the id of the campaign where none is given. */
  readonly name: string;
  readonly layer: ConfigLayer;
  /** The path in the file, such as `campaigns[2]`. */
  readonly path: string;
  readonly position: FilePosition;
}

/** The surroundings of a file. */
export interface ConfigSurroundings {
  /** The options of the command itself and of the installed sinks. */
  readonly options: readonly CommandOption[];
  /** The folder of the file: paths in it count from there. */
  readonly folder: string;
}

/** The most campaigns: more than one process serves well. */
const MAX_CAMPAIGNS = 1_000;
const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Reads `plugin-dir` alone: it decides which options there are, so it comes first. Null: not given. */
export function readPluginDir(text: string, folder: string, options: readonly CommandOption[]): string | null {
  const keys = keysOfProcess(options);
  const layer = readLayer(readTree(text).root, '', { keys }, { folder, report: ignoreForNow });
  return layer.get('plugin-dir')?.text ?? null;
}

/** Reads a file of campaigns, and finds all errors in it that need no other file and no connection. */
export function readConfigText(text: string, { options, folder }: ConfigSurroundings): ConfigFile {
  const { root, problems: syntax } = readTree(text);
  if (syntax.length > 0) return { process: new Map(), campaigns: [], problems: inOrder(syntax) };

  const problems: ConfigProblem[] = [];
  const reading: LayerReading = { folder, report: (problem) => problems.push(problem) };
  const others = ['defaults', 'campaigns'];
  const ofProcess = readLayer(root, '', { keys: keysOfProcess(options), others }, reading);
  const parts = new Map(root.kind === 'map' ? root.entries().map(({ key, node }) => [key, node]) : []);
  const keys = keysOfCampaigns(options);
  const shared = parts.get('defaults');
  const defaults: ConfigLayer = shared === undefined ? new Map() : readLayer(shared, 'defaults', { keys }, reading);
  const campaigns = campaignNodes(root, parts.get('campaigns'), reading).map((node, at) => {
    const path = `campaigns[${at}]`;
    const own = readLayer(node, path, { keys, others: ['name'] }, reading);
    const layer = new Map([...defaults, ...own]);
    return { name: nameOf(node, layer, path, reading), layer, path, position: node.position };
  });
  problems.push(...valueProblems({ layer: ofProcess, path: '', position: root.position }, { isWhole: false }));
  for (const campaign of campaigns) problems.push(...valueProblems(campaign, { isWhole: true }));
  problems.push(...repeated(campaigns));
  return { process: plainValues(ofProcess), campaigns, problems: inOrder(problems) };
}

/** Returns the values of keys that hold them. */
export function plainValues(layer: ConfigLayer): OptionValues {
  const plain = [...layer.values()].filter(({ key }) => key.gives === 'value');
  return new Map(plain.map(({ key, text }) => [key.option.name, text]));
}

function campaignNodes(root: ConfigNode, node: ConfigNode | undefined, { report }: LayerReading) {
  const remedy = 'Write campaigns:, and below it a - for each campaign, with its keys.';
  const tell = (position: FilePosition, message: string) =>
    report(problemAt(position, 'campaigns', 'CLI_CONFIG_KEY', message, remedy));
  if (node === undefined) {
    if (root.kind === 'map') tell(root.position, 'The file has no campaigns.');
    return [];
  }
  const items = node.kind === 'list' ? node.items() : [];
  if (node.kind !== 'list') tell(node.position, 'campaigns has to be a list.');
  else if (items.length === 0) tell(node.position, 'The list of campaigns is empty.');
  else if (items.length > MAX_CAMPAIGNS) tell(node.position, `A file has at most ${MAX_CAMPAIGNS} campaigns.`);
  return items.slice(0, MAX_CAMPAIGNS);
}

/** Returns the name, else the id of the campaign, else the path. */
function nameOf(node: ConfigNode, layer: ConfigLayer, path: string, { report }: LayerReading): string {
  const entry = node.kind === 'map' ? node.entries().find(({ key }) => key === 'name') : undefined;
  const usual = layer.get('campaign')?.text ?? path;
  if (entry === undefined) return usual;
  if (entry.node.kind === 'scalar' && NAME.test(entry.node.text)) return entry.node.text;
  const message = 'name takes up to 64 letters, digits, and _ . -, and begins with a letter or digit.';
  report(
    problemAt(
      entry.node.position,
      `${path}.name`,
      'CLI_OPTION_VALUE',
      message,
      'Write a short name, such as madrid-sales.',
    ),
  );
  return usual;
}

/** Finds names, and copies, that two campaigns would share. */
function repeated(campaigns: readonly ConfigCampaign[]): readonly ConfigProblem[] {
  const names = new Map<string, ConfigCampaign>();
  const copies = new Map<string, ConfigCampaign>();
  return campaigns.flatMap((campaign) => {
    const { name, layer, path, position } = campaign;
    const [sameName, sameCopy] = [names.get(name), copies.get(copyOf(layer))];
    if (sameName === undefined) names.set(name, campaign);
    if (sameCopy === undefined) copies.set(copyOf(layer), campaign);
    const twice = (message: string, remedy: string) => [problemAt(position, path, 'CLI_CONFIG_TWICE', message, remedy)];
    if (sameCopy !== undefined && layer.has('campaign')) {
      const message = `This is the same copy as ${sameCopy.path}, in line ${sameCopy.position.line}: same campaign, same target.`;
      return twice(message, 'Take one of them out, or give it another url, table-prefix or stream.');
    }
    if (sameName === undefined) return [];
    const message = `The name ${name} is that of ${sameName.path} too, in line ${sameName.position.line}.`;
    return twice(message, 'Give this campaign another name.');
  });
}

/** Returns a text that is the same for two campaigns that write the same rows, or the same outbox. */
function copyOf(layer: ConfigLayer): string {
  const textOf = (family: string) => describe(layer.get(family));
  const isWebhook = layer.get('mode')?.text === 'webhook';
  const parts = isWebhook ? ['campaign', 'stream', 'state-dir'] : ['campaign', 'url', 'table-prefix'];
  const sinkOptions = [...layer.values()].filter(({ key }) => key.option.group === 'Options of installed sinks');
  return JSON.stringify([isWebhook, ...parts.map(textOf), ...(isWebhook ? [] : sinkOptions.map(describe))]);
}

function describe(given: GivenKey | undefined): string | null {
  return given === undefined ? null : `${given.key.name}=${given.text}`;
}

/** Ignores problems of a first reading: the second one finds them too. */
function ignoreForNow(): void {}
