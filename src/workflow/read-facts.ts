import { availabilityZones, ssmParameters } from '../provider/aws/facts.ts';
import type { RequiredFacts, TargetFacts } from '../stack/stack.ts';
import { stackNameOf } from '../stack/stack-id.ts';
import type { StackSource } from './plan-stack.ts';
import type { Target } from './target.ts';
import type { Workflow } from './workflow.ts';

/** Asks the cloud and the other stacks for what a template needs of them before it can be resolved. */
export async function readFacts(
  workflow: Workflow,
  target: Target,
  source: StackSource,
  required: RequiredFacts,
): Promise<TargetFacts> {
  const { account, region, partition, aws } = target;
  const kept = new Map(Object.entries(source.ssmParameters ?? {}));
  const [zones, parameters, exports] = await Promise.all([
    Promise.all(
      required.availabilityZoneRegions.map(
        async (name) => [name, await availabilityZones(aws, name)] as const,
      ),
    ),
    ssmParameters(
      aws,
      required.ssmParameters.filter((name) => !kept.has(name)),
    ),
    required.imports.length > 0 ? workflow.state.exports(account, region) : new Map<string, string>(),
  ]);
  const { beside } = source;
  return {
    stack: source.stack,
    stackName: stackNameOf(source.stack),
    region,
    account,
    partition,
    availabilityZones: new Map(zones),
    ssmParameters: new Map([...parameters, ...kept]),
    exports: beside ? new Map([...exports, ...beside.values]) : exports,
    ...(beside ? { lateExports: beside.exports } : {}),
  };
}
