import { hasErrors } from '../../src/base/diagnostic.ts';
import type { Properties, Value } from '../../src/base/value.ts';
import { makePlan, type PlanInput } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { replacementOf } from '../../src/plan/replacement.ts';
import type { Live } from '../../src/provider/provider.ts';
import { resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { resolveStack } from '../../src/stack/resolve.ts';
import type { DesiredStack } from '../../src/stack/stack.ts';
import type { ResourceRecord } from '../../src/state/state.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { validateTemplate } from '../../src/template/validate.ts';

const stack = 'acme/large:infra/large.yaml@bench';

/** A template of about `count` resources, as people write them: networks, groups with rules, references, tags. */
export function largeTemplate(count: number): string {
  const perNetwork = 10;
  const lines = ['Parameters: { Owner: { Type: String, Default: team } }', 'Resources:'];
  // Flow style: ten thousand of them have to stay below CloudFormation's limit of one megabyte.
  for (let n = 0; n < Math.ceil(count / perNetwork); n++) {
    lines.push(
      ` V${n}: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.${n % 256}.0.0/16, Tags: [{ Key: Owner, Value: !Ref Owner }] } }`,
    );
    for (let s = 0; s < 8; s++) {
      lines.push(
        ` S${n}x${s}: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref V${n}, CidrBlock: 10.${n % 256}.${s}.0/24 } }`,
      );
    }
    lines.push(` G${n}: { Type: AWS::EC2::InternetGateway }`);
  }
  return lines.join('\n');
}

/** Text to desired graph: what every plan begins with. Throws when the template is not valid. */
export function resolve(text: string): DesiredStack {
  const { template, diagnostics } = parseTemplate(text, 'infra/large.yaml');
  const problems = [...diagnostics, ...(template ? validateTemplate(template, typeSchemas) : [])];
  // More resources than CloudFormation takes are only warned of.
  if (!template || hasErrors(problems)) throw new Error(JSON.stringify(problems.slice(0, 3)));
  const resolved = resolveStack(template, {
    parameters: {},
    facts: {
      stack,
      stackName: 'large-bench',
      region: 'eu-west-1',
      account: '111111111111',
      partition: 'aws',
      availabilityZones: new Map(),
      ssmParameters: new Map(),
      exports: new Map(),
    },
  });
  if (!resolved.stack) throw new Error(JSON.stringify(resolved.diagnostics.slice(0, 3)));
  return resolved.stack;
}

export function plan(
  desired: DesiredStack,
  recorded: readonly ResourceRecord[],
  live: ReadonlyMap<string, Live>,
): Plan {
  const input: PlanInput = {
    stack,
    environment: 'bench',
    account: '111111111111',
    region: 'eu-west-1',
    desired,
    file: 'infra/large.yaml',
    recorded,
    recordedOutputs: {},
    live,
    typeOf: (type) => resourceType(type),
    replacement: (type, path) => replacementOf(typeSchemas[type], path),
    secret: () => {
      throw new Error('there are no secrets here');
    },
    seal: () => {
      throw new Error('there are no secrets here');
    },
  };
  return makePlan(input);
}

/** State and cloud as they are after the plan of a first apply: every unknown has become an id. */
export function asApplied(first: Plan): { recorded: ResourceRecord[]; live: Map<string, Live> } {
  const ids = new Map(first.changes.map((c, i) => [c.logicalId, `id-${i}`]));
  const recorded: ResourceRecord[] = [];
  const live = new Map<string, Live>();
  for (const change of first.changes) {
    const fill = (value: Value, expression: Value | undefined): Value => {
      if (typeof value === 'object' && value !== null && '$slipway' in value) {
        const target = (expression as { Ref?: string } | undefined)?.Ref;
        return ids.get(target ?? '') ?? 'unknown';
      }
      return value;
    };
    const properties: Properties = Object.fromEntries(
      Object.entries(change.after ?? {}).map(([key, value]) => [key, fill(value, change.desired?.[key])]),
    );
    const physicalId = ids.get(change.logicalId)!;
    const attributes = { VpcId: physicalId, GroupId: physicalId, SubnetId: physicalId, ...properties };
    live.set(change.logicalId, { physicalId, properties, attributes });
    recorded.push({
      stack,
      logicalId: change.logicalId,
      generation: 'current',
      type: change.type,
      physicalId,
      properties,
      attributes,
      dependsOn: change.dependsOn,
      deletionPolicy: change.deletionPolicy,
      updateReplacePolicy: change.updateReplacePolicy,
    });
  }
  return { recorded, live };
}
