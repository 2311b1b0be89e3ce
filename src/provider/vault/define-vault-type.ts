import pLimit from 'p-limit';
import type { Properties } from '../../base/value.ts';
import type { TypeSchema } from '../../template/type-schema.ts';
import {
  defineResourceType,
  type Live,
  type ReadContext,
  type Refusal,
  type ResourceType,
  type Wanted,
} from '../provider.ts';
import { refuse, type VaultScope, vaultOf } from './scope.ts';

/** A resource type in Vault: its physical id is the path that it is read at. */
export interface VaultType
  extends Omit<ResourceType, 'type' | 'attributes' | 'read' | 'refusals' | 'create' | 'update' | 'delete'>,
    Pick<ResourceType, 'create' | 'update' | 'delete'> {
  readonly schema: TypeSchema;
  /** What the settings do not let it be. Told when it is planned, and asked again before each call. */
  refusals(scope: VaultScope, properties: Properties): readonly Refusal[];
  /** What stands against deleting what is at the path, of which the template may say nothing any more. */
  refusedDelete(scope: VaultScope, physicalId: string): readonly Refusal[];
  /** The one at this path. Vault lists names and nothing else, so that each is read by itself. */
  readOne(context: ReadContext, wanted: Wanted): Promise<Live | undefined>;
}

/** Declares one. It cannot be made, changed or deleted but where the environment's settings let it be. */
export function defineVaultType(definition: VaultType): ResourceType {
  const { schema, refusedDelete, refusals, readOne, create, update, delete: remove, ...type } = definition;
  return defineResourceType({
    ...type,
    type: schema.type,
    attributes: schema.attributes,
    refusals: (context, properties) => refusals(vaultOf(context), properties),
    read(context, wanted) {
      const scope = vaultOf(context);
      // Whoever asks by a path, as an import does, learns nothing of one that is not theirs.
      const asked =
        context.by === 'id'
          ? wanted.filter(({ physicalId }) => refusedDelete(scope, physicalId).length === 0)
          : wanted;
      return readAll(context, asked, readOne);
    },
    async create(context, request) {
      refuse(refusals(vaultOf(context), request.properties));
      return create(context, request);
    },
    async update(context, request) {
      refuse(refusals(vaultOf(context), request.after));
      return update(context, request);
    },
    async delete(context, request) {
      refuse(refusedDelete(vaultOf(context), request.physicalId));
      await remove(context, request);
    },
  });
}

const atOnce = 8;

async function readAll(
  context: ReadContext,
  wanted: readonly Wanted[],
  readOne: VaultType['readOne'],
): Promise<ReadonlyMap<string, Live>> {
  const limit = pLimit(atOnce);
  const found = await Promise.all(
    wanted.map((one) =>
      limit(async () => {
        const live = await readOne(context, one);
        return live === undefined ? [] : [[one.logicalId, live] as const];
      }),
    ),
  );
  return new Map(found.flat());
}
