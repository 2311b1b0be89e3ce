import { sameValue } from '../base/canonical-json.ts';
import { type Action, type Change, type OutputChange, outputDiffers, type Plan } from '../plan/plan.ts';
import { agrees } from './resolve.ts';

/** What may still be to do of a change that was begun and did not end. */
const leftOf: Readonly<Record<Action, readonly Action[]>> = {
  // A create of several calls may have made something that only lacks the last of them.
  create: ['create', 'update'],
  update: ['update'],
  replace: ['replace', 'create', 'update'],
  delete: ['delete'],
  import: ['import', 'update'],
  forget: ['forget'],
  none: [],
};

/**
 * Whether a plan does nothing but what an apply of `whole` that failed left to do: then who said yes to the whole
 * has said yes to it. Anything else, such as a value that came out differently, is a plan of its own.
 */
export function isRemainder(left: Plan, whole: Plan): boolean {
  if (left.stack !== whole.stack || left.account !== whole.account || left.region !== whole.region)
    return false;
  // A move is done when the run begins, so that what is left has none, or the very same.
  if (left.file !== whole.file || (left.movedFrom !== undefined && left.movedFrom !== whole.movedFrom))
    return false;
  const planned = new Map(whole.changes.map((change) => [change.logicalId, change]));
  const outputs = new Map(whole.outputs.map((output) => [output.name, output]));
  const leavers = new Set([
    ...whole.deposed.map((deposed) => deposed.physicalId),
    ...whole.changes.filter((change) => change.action === 'replace').map((change) => change.physicalId),
  ]);
  return (
    left.changes.every(
      (change) => change.action === 'none' || isLeftOf(change, planned.get(change.logicalId)),
    ) &&
    left.deposed.every((deposed) => leavers.has(deposed.physicalId)) &&
    left.outputs.every((output) => !outputDiffers(output) || isGivenOut(output, outputs.get(output.name))) &&
    (left.importChanges?.added ?? []).every((name) => name in (whole.imports ?? {})) &&
    (left.handOvers ?? []).every((one) => whole.handOvers?.some((other) => sameValue(one, other)))
  );
}

function isLeftOf(change: Change, planned: Change | undefined): boolean {
  if (!planned || planned.type !== change.type || !leftOf[planned.action].includes(change.action))
    return false;
  // What goes has to be the very thing whose going was planned.
  const goes = change.action === 'delete' || change.action === 'replace';
  if (goes && change.physicalId !== planned.physicalId) return false;
  // A rename or an import that is still to be done has to be the same one.
  if (change.movedFrom !== undefined && change.movedFrom !== planned.movedFrom) return false;
  if (change.action === 'import' && change.physicalId !== planned.physicalId) return false;
  // What was unknown may come out as anything, so what it comes out of has to be the same: a parameter in SSM that it
  // holds may have been written since, and so may a secret.
  if (!sameValue(change.desired, planned.desired) || !sameValue(change.secrets, planned.secrets))
    return false;
  return change.after === undefined || agrees(planned.after ?? {}, change.after);
}

/** Others may take it: what they get, and under which name, has to be what was planned. */
function isGivenOut(output: OutputChange, planned: OutputChange | undefined): boolean {
  if (!planned || output.exportName !== planned.exportName) return false;
  if (output.after === undefined || planned.after === undefined) return output.after === planned.after;
  return (
    sameValue(output.desired, planned.desired) &&
    sameValue(output.secrets, planned.secrets) &&
    agrees(planned.after, output.after)
  );
}
