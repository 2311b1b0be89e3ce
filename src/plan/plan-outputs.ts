import { isUnknown } from '../base/value.ts';
import { evaluate } from '../stack/evaluate.ts';
import { secretsIn } from '../stack/secrets-in.ts';
import type { DesiredOutput, Scope } from '../stack/stack.ts';
import type { StackRecord } from '../state/state.ts';
import type { OutputChange } from './plan.ts';

/** What the template gives out beside what was recorded of it; sorted by name. */
export function planOutputs(
  desired: ReadonlyMap<string, DesiredOutput> | undefined,
  recordedOutputs: StackRecord['outputs'],
  scope: Scope,
): OutputChange[] {
  const wanted = [...(desired?.values() ?? [])].map((output): OutputChange => {
    const known = recordedOutputs[output.name];
    // Only claimed by an apply that did not come to its end: it was never there.
    const recorded = known && isUnknown(known.value) ? undefined : known;
    const before = recorded?.value;
    const secrets = secretsIn(output.value, scope);
    const isRenamed = recorded !== undefined && recorded.exportName !== output.exportName;
    return {
      name: output.name,
      after: evaluate(output.value, scope),
      desired: output.value,
      ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
      ...(before === undefined ? {} : { before }),
      ...(output.description === undefined ? {} : { description: output.description }),
      ...(output.exportName === undefined ? {} : { exportName: output.exportName }),
      ...(isRenamed ? { formerExportName: recorded.exportName ?? null } : {}),
    };
  });
  const names = new Set(wanted.map((o) => o.name));
  const gone = Object.entries(recordedOutputs)
    .filter(([name]) => !names.has(name))
    .map(([name, output]): OutputChange => ({ name, before: output.value }));
  return [...wanted, ...gone].sort((a, b) => (a.name < b.name ? -1 : 1));
}
