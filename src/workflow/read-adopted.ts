import { ownerOf } from '../apply/ownership.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import { unknown } from '../base/value.ts';
import { importOf } from '../plan/slipway-metadata.ts';
import type { Live, ProviderContext, ResourceType } from '../provider/provider.ts';
import { readUnrecorded } from '../provider/refresh.ts';
import { evaluate } from '../stack/evaluate.ts';
import type { DesiredResource, DesiredStack, Scope } from '../stack/stack.ts';
import type { ResourceRecord, State } from '../state/state.ts';

export interface AdoptionRequest {
  readonly state: State;
  readonly context: ProviderContext;
  readonly typeOf: (type: string) => ResourceType;
  readonly desired: DesiredStack;
  readonly recorded: readonly ResourceRecord[];
  /** What the cloud has of the recorded, by logical id. */
  readonly live: ReadonlyMap<string, Live>;
  readonly secrets: Pick<Scope, 'secret' | 'seal'>;
  /** Logical ids that runs since the last success were to make. */
  readonly attempted: () => Promise<ReadonlySet<string>>;
}

export interface Adopted {
  /** By the logical id that each gets. */
  readonly adopted: ReadonlyMap<string, Live>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * What the template wants to import (`Metadata: { Slipway: { Import: "vpc-..." } }`) and has not yet, as the cloud
 * has it. Only what is there, belongs to nobody and can be told to can be imported; everything else is an error.
 */
export async function readAdopted(request: AdoptionRequest): Promise<Adopted> {
  const { desired, recorded, typeOf, context } = request;
  const current = new Map(
    recorded.filter((r) => r.generation === 'current').map((r) => [r.logicalId, r.physicalId]),
  );
  const asked = [...desired.resources.values()].flatMap((resource) => {
    const physicalId = importOf(resource);
    return physicalId === undefined ? [] : [{ resource, physicalId }];
  });
  const wanted = asked.filter(({ resource }) => !current.has(resource.logicalId));
  const stale = asked
    .filter((a) => current.has(a.resource.logicalId) && current.get(a.resource.logicalId) !== a.physicalId)
    .map((a) => notLookedAt(a, current.get(a.resource.logicalId)!));
  if (wanted.length === 0) return { adopted: new Map(), diagnostics: stale };

  const found: Diagnostic[] = [...stale, ...wanted.flatMap((one) => impossible(one, wanted, typeOf))];
  const possible = wanted.filter(({ resource }) => !found.some((d) => d.where === resource.where));
  const live = await readUnrecorded(
    context,
    possible.map(({ resource, physicalId }) => ({
      logicalId: resource.logicalId,
      type: resource.type,
      physicalId,
      properties: propertiesOf(request, resource),
    })),
    typeOf,
  );
  const checked = await Promise.all(possible.map((one) => refusal(request, one, live)));
  return { adopted: live, diagnostics: [...found, ...checked.flat()] };
}

interface Asked {
  readonly resource: DesiredResource;
  readonly physicalId: string;
}

function problem({ resource, physicalId }: Asked, why: string, remedy: string): Diagnostic {
  const summary = `${physicalId} cannot become ${resource.logicalId}: ${why}`;
  return { severity: 'error', code: 'plan-import', summary, remedy, where: resource.where };
}

function notLookedAt({ resource, physicalId }: Asked, existing: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'plan-import',
    summary: `${resource.logicalId} is ${existing} already, and ${physicalId} is not imported`,
    remedy: 'Take Import out of its metadata, or give what is to be imported a logical id of its own.',
    where: resource.where,
  };
}

/** What can be told without asking anybody. */
function impossible(
  one: Asked,
  all: readonly Asked[],
  typeOf: AdoptionRequest['typeOf'],
): readonly Diagnostic[] {
  const { resource, physicalId } = one;
  const { adoption } = typeOf(resource.type);
  if (!adoption || 'refused' in adoption) {
    const why = adoption?.refused ?? 'its type does not say how';
    return [problem(one, `${resource.type} cannot be imported: ${why}`, 'Take Import out of its metadata.')];
  }
  const rival = all.find(
    (other) => other !== one && other.physicalId === physicalId && other.resource.type === resource.type,
  );
  if (!rival) return [];
  return [
    problem(one, `${rival.resource.logicalId} imports it as well`, 'Take Import out of one of the two.'),
  ];
}

async function refusal(
  { state, context, typeOf, attempted }: AdoptionRequest,
  one: Asked,
  live: ReadonlyMap<string, Live>,
): Promise<readonly Diagnostic[]> {
  const { resource, physicalId } = one;
  const { logicalId } = resource;
  if (!live.has(logicalId)) {
    // Imported long ago, and gone; making it anew has failed half way.
    if ((await attempted()).has(logicalId)) return [];
    const there = `${context.account} ${context.region}`;
    const why = `there is no such ${resource.type} in ${there}`;
    return [problem(one, why, 'Check the id, and that the environment is the one that has it.')];
  }
  const type = typeOf(resource.type);
  const owner = await ownerOf({ state, context, type, stack: context.stack, logicalId, physicalId });
  if (owner === undefined) return [];
  const remedy = owner.endsWith(' of this stack')
    ? 'Use RenamedFrom to give it another logical id.'
    : 'Let its owner go first: DeletionPolicy: Retain on it there, and then taken out of that template.';
  return [problem(one, `it belongs to ${owner}`, remedy)];
}

/** The properties that the template speaks of, for types that read no others; what is not there yet is unknown. */
function propertiesOf(request: AdoptionRequest, resource: DesiredResource): Live['properties'] {
  const { typeOf, desired, live, secrets } = request;
  const scope: Scope = {
    ...secrets,
    attribute(logicalId, attribute) {
      const referred = desired.resources.get(logicalId);
      const name = attribute ?? (referred && typeOf(referred.type).ref);
      const known = live.get(logicalId);
      if (name !== undefined) return known?.attributes[name] ?? unknown;
      return known?.physicalId ?? (referred && importOf(referred)) ?? unknown;
    },
  };
  const entries = Object.entries(resource.properties);
  return typeOf(resource.type).canonicalise(
    Object.fromEntries(entries.map(([key, expression]) => [key, evaluate(expression, scope)])),
  );
}
