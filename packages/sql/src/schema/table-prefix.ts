import {
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryId,
  type SchemableIdentifierNode,
} from 'kysely';
import type { TableNames } from '../engine/table-names.js';

/** Lets queries name dbsync's tables without their prefix. */
export function createTablePrefix(names: TableNames): KyselyPlugin {
  const transformer = new PrefixTransformer(new Map(Object.entries(names)));
  return {
    transformQuery: ({ node, queryId }: PluginTransformQueryArgs) => transformer.transformNode(node, queryId),
    transformResult: async ({ result }: PluginTransformResultArgs) => result,
  };
}

class PrefixTransformer extends OperationNodeTransformer {
  readonly #names: ReadonlyMap<string, string>;

  constructor(names: ReadonlyMap<string, string>) {
    super();
    this.#names = names;
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode, queryId?: QueryId) {
    const transformed = super.transformSchemableIdentifier(node, queryId);
    const name = this.#names.get(node.identifier.name);
    return name === undefined ? transformed : { ...transformed, identifier: { ...transformed.identifier, name } };
  }
}
