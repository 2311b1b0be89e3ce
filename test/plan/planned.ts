/** Plans for the tests: one stack of `Test::Thing`s, compared with records and live resources that a test names. */
import { type Properties, seal, type Value } from '../../src/base/value.ts';
import { makePlan, type PlanInput } from '../../src/plan/make-plan.ts';
import type { Change, Plan } from '../../src/plan/plan.ts';
import type { PlannedType } from '../../src/plan/planned-type.ts';
import type { Live } from '../../src/provider/provider.ts';
import type { DesiredResource, SecretReference } from '../../src/stack/stack.ts';
import type { ResourceRecord } from '../../src/state/state.ts';

export const key = 'key of the tests';
export const sealed = (plaintext: string) => seal(plaintext, key);
export const where = { file: 'infra/shop.yaml', line: 3, column: 5 };
export const ref = (logicalId: string): Properties => ({ Ref: logicalId });
export const att = (logicalId: string, name: string): Properties => ({ 'Fn::GetAtt': [logicalId, name] });
export const parameter = (name: string): Properties => ({ $slipway: 'parameter', name });

export function thing(
  logicalId: string,
  properties: DesiredResource['properties'] = {},
  more: Partial<DesiredResource> = {},
): DesiredResource {
  return {
    logicalId,
    type: 'Test::Thing',
    properties,
    dependsOn: [],
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
    metadata: {},
    where,
    positions: new Map(),
    ...more,
  };
}

export function record(
  logicalId: string,
  properties: Properties = {},
  more: Partial<ResourceRecord> = {},
): ResourceRecord {
  return {
    stack: 'shop',
    logicalId,
    generation: 'current',
    type: 'Test::Thing',
    physicalId: `${logicalId.toLowerCase()}-1`,
    properties,
    attributes: {},
    dependsOn: [],
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
    ...more,
  };
}

/** `Name` and `Size` replace; two of one `Name` cannot exist at once; `Password` is never answered. */
export const thingType: PlannedType = {
  type: 'Test::Thing',
  writeOnly: ['Password'],
  order: (before, after) =>
    after.Name !== undefined && before.Name === after.Name ? 'delete-before-create' : 'create-before-delete',
  canonicalise: (properties) => properties,
};

export interface World {
  readonly desired?: readonly DesiredResource[];
  readonly recorded?: readonly ResourceRecord[];
  /** By logical id; what is left out is as it was recorded, without its password. `null`: it is gone. */
  readonly live?: Readonly<Record<string, Properties | null>>;
  /** What is there without a record, and is to be imported. */
  readonly adopted?: Readonly<Record<string, Live>>;
  /** What runs since the last success were to make. */
  readonly attempted?: readonly string[];
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  readonly outputs?: Readonly<Record<string, { readonly value: Value; readonly exportName?: string }>>;
  readonly recordedOutputs?: PlanInput['recordedOutputs'];
  /** Exports that the template takes, and those that the stack takes until now. */
  readonly imports?: PlanInput['imports'];
  readonly recordedImports?: readonly string[];
  /** Where the template was when it was applied. */
  readonly recordedFile?: string;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly type?: Partial<PlannedType>;
}

export function planned(world: World): Plan {
  const { desired, recorded = [], live = {}, attributes = {}, secrets = {} } = world;
  const lives = recorded
    .filter((r) => r.generation === 'current' && live[r.logicalId] !== null)
    .map((r): [string, Live] => {
      const { Password: _never, ...answered } = r.properties;
      return [
        r.logicalId,
        {
          physicalId: r.physicalId,
          properties: live[r.logicalId] ?? answered,
          attributes: attributes[r.logicalId] ?? r.attributes,
        },
      ];
    });
  const outputs = Object.entries(world.outputs ?? {}).map(
    ([name, o]) => [name, { name, where, ...o }] as const,
  );
  return makePlan({
    stack: 'shop',
    environment: 'dev',
    account: '111111111111',
    region: 'eu-west-1',
    file: where.file,
    desired: desired && {
      file: where.file,
      resources: new Map(desired.map((r) => [r.logicalId, r])),
      outputs: new Map(outputs),
    },
    recorded,
    recordedFile: world.recordedFile,
    recordedOutputs: world.recordedOutputs ?? {},
    live: new Map(lives),
    adopted: new Map(Object.entries(world.adopted ?? {})),
    imports: world.imports ?? {},
    recordedImports: world.recordedImports ?? [],
    attempted: new Set(world.attempted),
    typeOf: () => ({ ...thingType, ...world.type }),
    replacement: (_type, path) => (['Name', 'Size', 'Parent'].includes(path) ? 'always' : 'never'),
    secret: (reference: SecretReference) =>
      sealed(secrets['name' in reference ? reference.name : reference.reference] ?? 'hunter2'),
    seal: sealed,
  });
}

export function changeOf(plan: Plan, logicalId: string): Change {
  const change = plan.changes.find((c) => c.logicalId === logicalId);
  if (!change) throw new Error(`no change of ${logicalId}`);
  return change;
}
