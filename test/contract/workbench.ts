/** One stack on a real provider, worked on the way apply/ does it: create, read, plan, update, delete. */
import { expect } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { Properties, Value } from '../../src/base/value.ts';
import { seal } from '../../src/base/value.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Change as PlannedChange } from '../../src/plan/plan.ts';
import { replacementOf } from '../../src/plan/replacement.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import type { Live, ProviderContext, ReadContext, ResourceType } from '../../src/provider/provider.ts';
import { refresh } from '../../src/provider/refresh.ts';
import { type ResourceTypes, resourceType } from '../../src/provider/registry.ts';
import type { ResourceRecord } from '../../src/state/state.ts';
import type { TypeSchemas } from '../../src/template/type-schema.ts';
import type { Example } from './examples/example.ts';

export interface Workbench {
  readonly context: ProviderContext;
  readonly types: ResourceTypes;
  readonly schemas: TypeSchemas;
}

export interface Made {
  readonly live: Live;
  readonly intent: string;
  readonly record: ResourceRecord;
}

const where = { file: 'example.yaml', line: 1, column: 1 };

/** moto's one account, in the region of `awsClientConfig`. */
export function contextOf(aws: Aws, clock: Clock, stack: string): ProviderContext {
  return { stack, region: 'eu-west-1', account: '123456789012', partition: 'aws', aws, clock };
}

/** Resolves `Ref` and `Fn::GetAtt` to what was made. */
export function resolve(value: Value, made: ReadonlyMap<string, Live>): Value {
  if (Array.isArray(value)) return value.map((item) => resolve(item, made));
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Properties;
  if (typeof map.Ref === 'string') return made.get(map.Ref)!.physicalId;
  const getAtt = map['Fn::GetAtt'];
  if (Array.isArray(getAtt)) return made.get(String(getAtt[0]))!.attributes[String(getAtt[1])]!;
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, resolve(item, made)]));
}

/** Makes what an example needs. `remove` takes it all away again, last made first. */
export async function makeNeeds(
  bench: Workbench,
  { needs = {} }: Pick<Example, 'needs'>,
): Promise<{ readonly refs: ReadonlyMap<string, Live>; remove(): Promise<void> }> {
  const made: Made[] = [];
  const refs = new Map<string, Live>();
  for (const [logicalId, need] of Object.entries(needs)) {
    const one = await create(bench, logicalId, need.type, resolve(need.properties, refs) as Properties);
    made.push(one);
    refs.set(logicalId, one.live);
  }
  return {
    refs,
    async remove() {
      for (const one of made.reverse()) await remove(bench, one);
    },
  };
}

let intents = 0;

export function newIntent(): string {
  intents += 1;
  return `intent-${Date.now().toString(36)}${intents}`;
}

export function ownershipOf(context: ProviderContext, logicalId: string, intent: string) {
  return { 'slipway:stack': context.stack, 'slipway:logical-id': logicalId, 'slipway:intent': intent };
}

export async function create(
  bench: Workbench,
  logicalId: string,
  typeName: string,
  properties: Properties,
  intent = newIntent(),
): Promise<Made> {
  const type = resourceType(typeName, bench.types);
  const canonical = await canonicalOf(bench, typeName, properties);
  const ownership = ownershipOf(bench.context, logicalId, intent);
  const live = await type.create(bench.context, { logicalId, intent, properties: canonical, ownership });
  return { live, intent, record: recordOf(bench, logicalId, type, canonical, live) };
}

/** The canonical properties, with what has to be looked up. */
export async function canonicalOf(
  bench: Workbench,
  typeName: string,
  properties: Properties,
): Promise<Properties> {
  const type = resourceType(typeName, bench.types);
  const lookedUp = await type.lookUp?.(bench.context, type.canonicalise(properties));
  expect(Object.keys(lookedUp?.properties ?? {}).sort()).toEqual([...(type.lookedUp ?? [])].sort());
  return type.canonicalise({ ...properties, ...lookedUp?.properties });
}

export async function update(
  bench: Workbench,
  before: Made,
  now: Live,
  properties: Properties,
): Promise<Made> {
  const type = resourceType(before.record.type, bench.types);
  const { logicalId } = before.record;
  const after = await canonicalOf(bench, before.record.type, properties);
  const live = await type.update(bench.context, {
    logicalId,
    physicalId: now.physicalId,
    before: now.properties,
    after,
    ownership: ownershipOf(bench.context, logicalId, before.intent),
  });
  return { live, intent: before.intent, record: recordOf(bench, logicalId, type, after, live) };
}

export async function remove(bench: Workbench, made: Made): Promise<void> {
  const { logicalId, physicalId, properties, type } = made.record;
  await resourceType(type, bench.types).delete(bench.context, { logicalId, physicalId, properties });
}

/** What the cloud has, in the bulk read that planning does. */
export async function read(bench: Workbench, made: Made): Promise<Live | undefined> {
  const live = await refresh(bench.context, [made.record], (name) => resourceType(name, bench.types));
  return live.get(made.record.logicalId);
}

/** As `read`, but one way only. */
export async function readBy(bench: Workbench, by: ReadContext['by'], made: Made): Promise<Live | undefined> {
  const context: ReadContext = { ...bench.context, by, once: (_key, ask) => ask() };
  const live = await resourceType(made.record.type, bench.types).read(context, [made.record]);
  return live.get(made.record.logicalId);
}

/** The change that planning would make of these properties. */
export async function plan(bench: Workbench, made: Made, properties: Properties): Promise<PlannedChange> {
  const live = await read(bench, made);
  const { logicalId, type } = made.record;
  return planOf(bench, logicalId, type, await canonicalOf(bench, type, properties), {
    recorded: [made.record],
    ...(live === undefined ? {} : { live }),
  });
}

/** The same of what is recorded, or there without a record. */
export function planOf(
  bench: Workbench,
  logicalId: string,
  type: string,
  properties: Properties,
  present: { readonly recorded?: readonly ResourceRecord[]; readonly live?: Live; readonly adopted?: Live },
): PlannedChange {
  const { account, region, stack } = bench.context;
  const { recorded = [], live, adopted } = present;
  const { changes } = makePlan({
    stack,
    environment: 'test',
    account,
    region,
    file: where.file,
    desired: {
      file: where.file,
      outputs: new Map(),
      resources: new Map([
        [
          logicalId,
          {
            logicalId,
            type,
            properties,
            dependsOn: [],
            deletionPolicy: 'Delete',
            updateReplacePolicy: 'Delete',
            metadata: {},
            where,
            positions: new Map(),
          },
        ],
      ]),
    },
    recorded,
    recordedOutputs: {},
    live: new Map(live === undefined ? [] : [[logicalId, live]]),
    adopted: new Map(adopted === undefined ? [] : [[logicalId, adopted]]),
    typeOf: (name) => resourceType(name, bench.types),
    replacement: (name, path) => replacementOf(bench.schemas[name], path),
    secret: () => seal('', 'key'),
    seal: (plaintext) => seal(plaintext, 'key'),
  });
  return changes[0]!;
}

function recordOf(
  bench: Workbench,
  logicalId: string,
  type: ResourceType,
  properties: Properties,
  live: Live,
): ResourceRecord {
  return {
    stack: bench.context.stack,
    logicalId,
    generation: 'current',
    type: type.type,
    physicalId: live.physicalId,
    properties,
    attributes: live.attributes,
    dependsOn: [],
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
  };
}
