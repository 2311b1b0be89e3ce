import { SlipwayError } from '../base/error.ts';
import type { ProviderContext, ResourceType } from '../provider/provider.ts';
import type { StackId } from '../stack/stack.ts';
import type { State } from '../state/state.ts';

/** Something in the cloud that a stack would like to have. */
export interface Claim {
  readonly state: Pick<State, 'stack' | 'recordsOf' | 'unfinishedRun' | 'openEntries'>;
  readonly context: ProviderContext;
  readonly type: ResourceType;
  /** Whose it is to be. */
  readonly stack: StackId;
  readonly logicalId: string;
  readonly physicalId: string;
}

/**
 * Whose it is, in words; undefined when it is free. The state knows what our stacks have; the tag in the cloud knows
 * what another Slipway has. A stack of ours whose tag it bears, and that has no record of it, has let it go
 * (`DeletionPolicy: Retain`): that is the way from one stack to another.
 */
export async function ownerOf(claim: Claim): Promise<string | undefined> {
  const { state, context, type, stack, physicalId } = claim;
  const { adoption } = type;
  if (!adoption || 'refused' in adoption) return undefined;
  const { account, region } = context;
  const records = await state.recordsOf(type.type, physicalId, {
    account,
    ...(adoption.scope === 'account' ? {} : { region }),
  });
  const [record] = records;
  if (record) return record.stack === stack ? `${record.logicalId} of this stack` : record.stack;
  const tagged = (await adoption.tags(context, physicalId))['slipway:stack'];
  if (tagged === undefined || tagged === stack) return undefined;
  if (!(await state.stack(tagged))) return `${tagged}, by its tag`;
  // It may have made it without having been able to write that down.
  const isOpen = (await state.unfinishedRun(tagged)) || (await state.openEntries(tagged)).length > 0;
  return isOpen ? `${tagged}, which has not come to an end` : undefined;
}

/** @throws SlipwayError `plan-import` */
export async function refuseOwned(claim: Claim): Promise<void> {
  const owner = await ownerOf(claim);
  if (owner === undefined) return;
  throw new SlipwayError('plan-import', {
    summary: `${claim.physicalId} cannot become ${claim.logicalId}: it belongs to ${owner}`,
    remedy: 'Plan again, and let its owner go first.',
  });
}
