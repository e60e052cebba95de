import { checkedValues } from './checked-values.js';
import type { OptionValues } from './command-option.js';
import { optionList } from './option-list.js';

/** The options of the target: the sink reads them, and the command checks only its own part. */
export interface TargetOptions {
  readonly url: string;
  /** The folder of plugins; null: where the command is installed. */
  readonly pluginDir: string | null;
  /** Given flags of the command that set the option of that name of any sink that has it. */
  readonly shared: Readonly<Record<string, string>>;
  /** Given options `--<scheme>-<name>`, without dashes. */
  readonly ofSinks: Readonly<Record<string, string>>;
}

export function targetOptions(values: OptionValues): TargetOptions {
  const checked = checkedValues(values);
  const own = new Set<string>(optionList.map(({ name }) => name));
  const maxCustomFields = checked.number('max-custom-fields');
  const given = {
    'table-prefix': checked.text('table-prefix'),
    'column-types': checked.text('column-types'),
    'max-custom-fields': maxCustomFields === null ? null : String(maxCustomFields),
    'foreign-keys': checked.flag('no-foreign-keys') ? 'false' : null,
    'report-indexes': checked.isGiven('report-indexes') ? String(checked.flag('report-indexes')) : null,
    'secret-file': checked.text('webhook-secret-file'),
    refused: checked.text('webhook-refused'),
    header: checked.text('webhook-header'),
    'header-file': checked.text('webhook-header-file'),
    'lone-surrogates': checked.text('webhook-lone-surrogates'),
    'accept-if-contains': checked.text('webhook-accept-if-contains'),
    'allow-link-local': checked.flag('allow-link-local') ? 'true' : null,
    'deny-private': checked.flag('deny-private') ? 'true' : null,
    'keep-alive': checked.isGiven('webhook-keep-alive') ? String(checked.flag('webhook-keep-alive')) : null,
  };
  return {
    url: checked.required('url'),
    pluginDir: checked.text('plugin-dir'),
    shared: Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null)),
    ofSinks: Object.fromEntries([...values].filter(([name]) => !own.has(name))),
  };
}
