import { digestOf } from '../base/canonical-json.ts';
import { hasUnknown } from '../base/value.ts';
import { type Change, type OutputChange, outputDiffers, type Plan } from './plan.ts';

/**
 * The digest that an approval is bound to: the same changes give the same digest whatever commit, line or moment
 * they come from. Where a value is still unknown, the expression that will give it counts instead: otherwise
 * `SubnetId: !Ref Public` and `SubnetId: !Ref Private` would be approved alike while both are being created.
 */
export function planDigest(plan: Omit<Plan, 'digest'>): string {
  return digestOf({
    format: plan.format,
    stack: plan.stack,
    account: plan.account,
    region: plan.region,
    changes: plan.changes.filter((c) => c.action !== 'none').map(digestedChange),
    deposed: plan.deposed,
    outputs: plan.outputs.filter(outputDiffers).map(digestedOutput),
    importChanges: plan.importChanges,
    handOvers: plan.handOvers,
    moved: plan.movedFrom === undefined ? undefined : { from: plan.movedFrom, to: plan.file },
  });
}

function digestedChange(change: Change): unknown {
  return {
    logicalId: change.logicalId,
    type: change.type,
    action: change.action,
    physicalId: change.physicalId,
    movedFrom: change.movedFrom,
    before: change.before,
    after: change.after,
    desired: change.after && hasUnknown(change.after) ? change.desired : undefined,
    order: change.order,
    deletionPolicy: change.deletionPolicy,
    updateReplacePolicy: change.updateReplacePolicy,
    vanished: change.vanished,
  };
}

function digestedOutput(output: OutputChange): unknown {
  return {
    name: output.name,
    before: output.before,
    after: output.after,
    exportName: output.exportName,
    formerExportName: output.formerExportName,
    desired: output.after !== undefined && hasUnknown(output.after) ? output.desired : undefined,
  };
}
