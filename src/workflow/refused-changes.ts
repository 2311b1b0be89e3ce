import type { Diagnostic } from '../base/diagnostic.ts';
import type { Plan } from '../plan/plan.ts';
import type { ProviderContext, ResourceType } from '../provider/provider.ts';

/** What the plan would make, change or take over and the settings of the environment do not allow. */
export function refusedChanges(
  context: ProviderContext,
  { changes }: Pick<Plan, 'changes'>,
  typeOf: (type: string) => ResourceType,
): Diagnostic[] {
  return changes.flatMap(({ action, type, after, logicalId, where }) => {
    if (action === 'none' || action === 'forget' || after === undefined) return [];
    return (typeOf(type).refusals?.(context, after) ?? []).map(({ summary, remedy }) => ({
      severity: 'error',
      code: 'vault-refused',
      summary: `${logicalId}: ${summary}`,
      remedy,
      ...(where ? { where } : {}),
    }));
  });
}
