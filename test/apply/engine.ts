/** One stack in the simulated cloud, planned and applied as workflow/apply-stack.ts does it. */
import { type ApplyOptions, type ApplyResult, applyPlan } from '../../src/apply/apply-plan.ts';
import { recover } from '../../src/apply/recover.ts';
import { type Secret, seal } from '../../src/base/value.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { attemptedBy } from '../../src/plan/renames.ts';
import { refresh } from '../../src/provider/refresh.ts';
import type { DesiredResource, DesiredStack, SecretReference } from '../../src/stack/stack.ts';
import type { Lock, State } from '../../src/state/state.ts';
import { readAdopted } from '../../src/workflow/read-adopted.ts';
import { createMemoryState } from './memory-state.ts';
import {
  type Cloud,
  contextOf,
  createClient,
  createCloud,
  createProcess,
  type Fault,
  type Process,
} from './simulator.ts';
import { replacementIn, typeOf } from './test-types.ts';

export const stack = 'acme/shop:infra/shop.yaml@dev';
const fingerprintKey = 'key of the tests';
export const lockTtlMs = 15_000;

/** What outlives a process. */
export interface World {
  readonly cloud: Cloud;
  readonly state: State;
  runs: number;
}

export function createWorld(seed = 1): World {
  const cloud = createCloud(seed);
  return { cloud, state: createMemoryState(() => cloud.clock.now().getTime()), runs: 0 };
}

const where = { file: 'infra/shop.yaml', line: 1, column: 1 };

/** A resource as the resolver would give it; its references are its dependencies. */
export function resource(
  logicalId: string,
  type: string,
  properties: DesiredResource['properties'] = {},
  more: Partial<DesiredResource> = {},
): DesiredResource {
  return {
    logicalId,
    type,
    properties,
    dependsOn: referencesIn(properties),
    deletionPolicy: 'Delete',
    updateReplacePolicy: 'Delete',
    metadata: {},
    where,
    positions: new Map(),
    ...more,
  };
}

function referencesIn(expression: unknown): string[] {
  const found = new Set<string>();
  JSON.stringify(expression, (key, value) => {
    if (key === 'Ref') found.add(value);
    if (key === 'Fn::GetAtt') found.add(value[0]);
    return value;
  });
  return [...found].sort();
}

export function stackOf(
  resources: readonly DesiredResource[],
  outputs: Record<string, unknown> = {},
): DesiredStack {
  return {
    file: where.file,
    resources: new Map(resources.map((r) => [r.logicalId, r])),
    outputs: new Map(
      Object.entries(outputs).map(([name, value]) => [name, { name, value: value as never, where }]),
    ),
  };
}

export const secrets = {
  secret: (reference: SecretReference): Secret =>
    seal(`plaintext of ${'name' in reference ? reference.name : reference.reference}`, fingerprintKey),
  seal: (plaintext: string) => seal(plaintext, fingerprintKey),
};

export interface Attempt {
  readonly process?: Process;
  readonly fault?: (name: string) => Fault;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly onPlan?: (plan: Plan) => unknown;
  readonly permit?: ApplyOptions['permit'];
}

export type Ended =
  | { readonly kind: 'planned nothing' }
  | { readonly kind: 'applied'; readonly plan: Plan; readonly result: ApplyResult }
  | { readonly kind: 'died'; readonly at: string }
  | { readonly kind: 'threw'; readonly error: unknown };

/** One process's whole life: it takes the lock, resumes, recovers, plans, applies. Says how it ended. */
export async function attempt(
  world: World,
  desired: DesiredStack | undefined,
  options: Attempt = {},
): Promise<Ended> {
  const process = options.process ?? createProcess();
  const life = applyOnce(world, desired, { ...options, process }).catch(
    (error: unknown): Ended => ({ kind: 'threw', error }),
  );
  return Promise.race([life, process.died.then((at): Ended => ({ kind: 'died', at }))]);
}

async function applyOnce(
  world: World,
  desired: DesiredStack | undefined,
  options: Attempt & { process: Process },
): Promise<Ended> {
  const { cloud } = world;
  const client = createClient(cloud, options.process, options.fault ?? (() => 'none'));
  const state = mortal(world.state, options.process);
  const context = contextOf(client, stack);
  const lock = await takeLock(world, state);
  const apply = async (plan: Plan, run: string): Promise<Ended> => {
    options.onPlan?.(plan);
    const result = await applyPlan({
      plan,
      run,
      lock,
      state,
      typeOf,
      context: { ...context, ...(options.signal ? { signal: options.signal } : {}) },
      secrets,
      clock: cloud.clock,
      concurrency: options.concurrency ?? 4,
      ...(options.permit ? { permit: options.permit } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (result.status !== 'interrupted') {
      await state.putStack({ ...stackRecord(cloud), outputs: result.outputs }, lock);
      await state.endRun(run, result.status, undefined, lock);
    }
    return { kind: 'applied', plan, result };
  };
  try {
    const unfinished = await state.unfinishedRun(stack);
    if (unfinished) {
      const resumed = await apply(unfinished.plan, unfinished.id);
      if (resumed.kind !== 'applied' || resumed.result.status !== 'succeeded') return resumed;
    }
    const plan = await planOnce(world, desired, { state, client, lock });
    const id = `run-${String(++world.runs).padStart(6, '0')}`;
    const startedAt = cloud.clock.now().toISOString();
    await state.beginRun({ id, stack, kind: 'apply', status: 'running', plan, cause: {}, startedAt }, lock);
    return await apply(plan, id);
  } finally {
    if (!options.process.isDead()) await world.state.unlock(lock);
  }
}

/** Plans, with a lock or, as for a pull request, without. */
export async function planOnce(
  world: World,
  desired: DesiredStack | undefined,
  {
    state = world.state,
    client = createClient(world.cloud, createProcess(), () => 'none'),
    lock,
  }: PlanOptions = {},
): Promise<Plan> {
  const context = contextOf(client, stack);
  const { outcomes, records } = await recover({
    stack,
    state,
    typeOf,
    context,
    secrets,
    clock: world.cloud.clock,
  });
  if (lock) for (const outcome of outcomes) await state.end(outcome, lock);
  const current = records.filter((r) => r.generation === 'current');
  const live = await refresh(context, current, typeOf);
  const attempted = attemptedBy(await world.state.runs(stack, 20));
  const { adopted = new Map() } = desired
    ? await readAdopted({
        state,
        context,
        typeOf,
        desired,
        recorded: records,
        live,
        secrets,
        attempted: async () => attempted,
      })
    : {};
  return makePlan({
    stack,
    environment: 'dev',
    account: context.account,
    region: context.region,
    file: where.file,
    desired,
    recorded: records,
    recordedOutputs: (await state.stack(stack))?.outputs ?? {},
    live,
    adopted,
    attempted,
    typeOf,
    replacement: replacementIn,
    ...secrets,
  });
}

interface PlanOptions {
  readonly state?: State;
  readonly client?: ReturnType<typeof createClient>;
  readonly lock?: Lock;
}

async function takeLock(world: World, state: State): Promise<Lock> {
  const lock = await state.lock(stack, `process ${world.runs}`, lockTtlMs);
  if (lock) return lock;
  // Its holder is dead, and nobody renews.
  world.cloud.advance(lockTtlMs);
  return (await state.lock(stack, `process ${world.runs}`, lockTtlMs))!;
}

function stackRecord(cloud: Cloud) {
  const target = {
    id: stack,
    environment: 'dev',
    account: '111111111111',
    region: 'eu-west-1',
    file: where.file,
  };
  return { ...target, status: 'applied' as const, updatedAt: cloud.clock.now().toISOString() };
}

/** The state as a process reaches it that may die before and after every one of its calls. */
function mortal(state: State, process: Process): State {
  return new Proxy(state, {
    get(target, name: keyof State) {
      return async (...parameters: unknown[]) => {
        await process.pass(`before ${name}`);
        const result = await (target[name] as (...p: unknown[]) => Promise<unknown>)(...parameters);
        await process.pass(`after ${name}`);
        return result;
      };
    },
  });
}
