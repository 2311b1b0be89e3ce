import type { Diagnostic } from '../base/diagnostic.ts';
import { unknown } from '../base/value.ts';
import { renamedFrom } from '../plan/slipway-metadata.ts';
import type { ProviderContext, ResourceType } from '../provider/provider.ts';
import { evaluate } from '../stack/evaluate.ts';
import type { DesiredResource, DesiredStack, Scope } from '../stack/stack.ts';
import type { ResourceRecord } from '../state/state.ts';

/** What looking up is done with. */
export interface LookingUp {
  readonly context: ProviderContext;
  readonly typeOf: (type: string) => ResourceType;
  readonly secrets: Pick<Scope, 'secret' | 'seal'>;
  readonly recorded: readonly ResourceRecord[];
}

/** The stack with what its resources only name, as it is now: from here on that is as if the template said it. */
export async function lookUp(
  { context, typeOf, secrets, recorded }: LookingUp,
  desired: DesiredStack,
): Promise<{ readonly desired: DesiredStack; readonly diagnostics: readonly Diagnostic[] }> {
  const scope: Scope = { ...secrets, attribute: () => unknown };
  const current = recorded.filter(({ generation }) => generation === 'current');
  const byName = new Map(current.map((record) => [record.logicalId, record.properties]));
  const diagnostics: Diagnostic[] = [];
  const lookUpOne = async (resource: DesiredResource): Promise<DesiredResource> => {
    const type = typeOf(resource.type);
    if (!type.lookUp) return resource;
    const { logicalId, where } = resource;
    const given = Object.entries(resource.properties).map(([name, value]) => [name, evaluate(value, scope)]);
    const before = byName.get(logicalId) ?? byName.get(renamedFrom(resource) ?? '');
    const { properties, notices } = await type.lookUp(
      context,
      type.canonicalise(Object.fromEntries(given)),
      before,
    );
    for (const { severity, summary, remedy } of notices) {
      const code = severity === 'error' ? 'people-unknown' : 'people-left-out';
      diagnostics.push({ severity, code, summary: `${logicalId}: ${summary}`, remedy, where });
    }
    return { ...resource, properties: { ...resource.properties, ...properties } };
  };
  const resources = await Promise.all([...desired.resources.values()].map(lookUpOne));
  return {
    desired: { ...desired, resources: new Map(resources.map((one) => [one.logicalId, one])) },
    diagnostics,
  };
}
