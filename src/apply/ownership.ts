import type { ProviderContext, ResourceType } from '../provider/provider.ts';
import type { StackId } from '../stack/stack.ts';
import { ownedByAnother } from '../state/owned.ts';
import type { RecordTarget, ResourceRecord, State } from '../state/state.ts';

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
  const [record] = await state.recordsOf(type.type, physicalId, whereIdsHold(type, context));
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
  throw ownedByAnother(owner, claim.physicalId, claim.logicalId);
}

/** Where a physical id means one thing. */
export function whereIdsHold({ adoption }: ResourceType, context: ProviderContext): RecordTarget {
  const { account, region } = context;
  const isAccounts = adoption && !('refused' in adoption) && adoption.scope === 'account';
  return isAccounts ? { account } : { account, region };
}

/**
 * Of two stacks that adopt one thing at once, the one that is written down second has marked it as its own all the
 * same. The record that says whose it is, where that mark is to be put right again.
 */
export async function wronglyMarked(claim: Claim): Promise<ResourceRecord | undefined> {
  const { state, context, type, stack, physicalId } = claim;
  const { adoption } = type;
  if (!adoption || 'refused' in adoption) return undefined;
  const records = await state.recordsOf(type.type, physicalId, whereIdsHold(type, context));
  if (records.length === 0 || records.some((record) => record.stack === stack)) return undefined;
  const marked = (await adoption.tags(context, physicalId))['slipway:stack'];
  return marked === stack ? records[0] : undefined;
}
