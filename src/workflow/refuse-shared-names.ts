import type { Diagnostic } from '../base/diagnostic.ts';
import { type NameScope, type SharedName, sharedNames } from '../plan/shared-names.ts';
import type { ResourceType } from '../provider/provider.ts';
import { resourceType } from '../provider/registry.ts';
import type { StackPlan } from './plan-stack.ts';
import type { Workflow } from './workflow.ts';

/** So many of one stack are told of. */
const mostTold = 20;

/**
 * The plans of one pull request, without those whose apply would be refused because another of them takes a name first:
 * these say which name, on which line.
 *
 * @param planned in the order in which they are applied
 */
export function refuseSharedNames(
  { types }: Pick<Workflow, 'types'>,
  planned: readonly StackPlan[],
): readonly StackPlan[] {
  const typeOf = (type: string) => resourceType(type, types);
  const plans = planned.flatMap(({ plan }) => plan ?? []);
  const vaults = new Map(planned.map(({ source }) => [source.stack, source.environment.vault]));
  const shared = sharedNames(plans, typeOf, (type) => scopeOf(typeOf(type))).filter(
    // Two Vaults have the same names.
    ({ plan, change, other }) =>
      !isInVault(change) || vaults.get(plan.stack) === vaults.get(other.plan.stack),
  );
  if (shared.length === 0) return planned;
  const byStack = Map.groupBy(shared, (one) => one.plan.stack);
  return planned.map((one) => {
    const own = byStack.get(one.source.stack);
    if (!own) return one;
    const { source, findings, diagnostics } = one;
    return { source, findings, diagnostics: [...diagnostics, ...own.slice(0, mostTold).map(told)] };
  });
}

function isInVault({ type }: { readonly type: string }): boolean {
  return type.startsWith('Vault::');
}

/** Buckets share one space of names in all accounts, and a Vault knows no accounts; of others, the types say whose their ids are. */
function scopeOf({ type, adoption }: ResourceType): NameScope {
  if (type === 'AWS::S3::Bucket' || isInVault({ type })) return 'everywhere';
  return adoption && !('refused' in adoption) && adoption.scope === 'account' ? 'account' : 'region';
}

function told({ change, property, name, other }: SharedName): Diagnostic {
  const { file, environment } = other.plan;
  return {
    severity: 'error',
    code: 'name-taken',
    summary: `${change.logicalId} takes the ${property} ${name}, which ${other.change.logicalId} of ${file} in ${environment} has: ${isInVault(change) ? 'Vault' : 'AWS'} lets one have it`,
    remedy: `Let the names differ: by !Sub with \${AWS::StackName} in it, or by a parameter that each environment sets.`,
    ...(change.where ? { where: change.where } : {}),
  };
}
