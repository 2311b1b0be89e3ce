import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasChanges, type Plan } from '../../src/plan/plan.ts';
import { seededRandom } from '../../src/sandbox/fault-proxy/random.ts';
import type { DesiredStack } from '../../src/stack/stack.ts';
import type { ResourceRecord } from '../../src/state/state.ts';
import { seedOf } from '../seeded.ts';
import { type Attempt, attempt, createWorld, type Ended, planOnce, stack, type World } from './engine.ts';
import { desiredOf, type Scenario, scenario, type Trouble, type Version } from './scenario.ts';
import { createProcess, type Fault } from './simulator.ts';

/** `FUZZ_RUNS=5000 FUZZ_SEED=42 vitest run test/apply/lifecycle.test.ts` */
const runs = Number(process.env.FUZZ_RUNS ?? 0);
const seed = seedOf('FUZZ');
const limits = runs > 0 ? { numRuns: runs } : { numRuns: 2000, interruptAfterTimeLimit: 12_000 };

/** How many attempts without trouble it may take: one to end what was left, one to apply, one for what was held. */
const calmAttempts = 3;

describe('a stack through random versions, failures and crashes', () => {
  test(
    `converges on every version, loses nothing, and is emptied in the end (seed ${seed})`,
    { timeout: runs > 0 ? 3_600_000 : 60_000 },
    () => fc.assert(fc.asyncProperty(scenario, live), { seed, ...limits }),
  );
});

async function live({ seed: worldSeed, versions }: Scenario): Promise<void> {
  const world = createWorld(worldSeed);
  const life: Life = { world, letGo: new Set() };
  const random = seededRandom(worldSeed + 1);
  let before: Version | undefined;
  for (const version of versions) {
    meddle(world, version.meddling, random);
    await bringAbout(life, desiredOf(version, before), version.troubles, random);
    before = version;
  }
  await bringAbout(life, undefined, versions[0]!.troubles, random);
  expect(await world.state.resources(stack)).toEqual([]);
  expect(world.cloud.live()).toEqual([]);
}

/** A stack's life, and what was retained on the way and not cleared away yet. */
interface Life {
  readonly world: World;
  readonly letGo: Set<string>;
}

async function bringAbout(
  life: Life,
  desired: DesiredStack | undefined,
  troubles: readonly Trouble[],
  random: () => number,
): Promise<void> {
  for (const trouble of troubles) await watched(life, desired, troubled(trouble, random));
  const { world } = life;
  let ended: Ended | undefined;
  for (let n = 0; n < calmAttempts; n++) {
    ended = await watched(life, desired, {});
    if (ended.kind === 'applied' && ended.result.status === 'succeeded') break;
  }
  expect(ended).toMatchObject({
    kind: 'applied',
    result: { status: 'succeeded', failed: [], notStarted: [] },
  });
  const again = await planOnce(world, desired);
  expect(hasChanges(again), 'a plan after an apply is empty').toBe(false);
  await expectDesired(world, desired);
}

function troubled({ diesAt, faults, concurrency }: Trouble, random: () => number): Attempt {
  const kinds: readonly Fault[] = ['throttled', 'before', 'after', 'refused'];
  return {
    concurrency,
    process: createProcess((_point, count) => count === diesAt),
    fault: () => (random() * 100 < faults ? kinds[Math.floor(random() * kinds.length)]! : 'none'),
  };
}

/** An attempt, and what must hold after every one, however it ended. */
async function watched(
  { world, letGo }: Life,
  desired: DesiredStack | undefined,
  how: Attempt,
): Promise<Ended> {
  const had = idsOf(await world.state.resources(stack));
  const plans: Plan[] = [];
  const ended = await attempt(world, desired, { ...how, onPlan: (plan) => plans.push(plan) });
  if (ended.kind === 'threw') expect(ended.error).toMatchObject({ code: expect.stringMatching(/^cloud-/) });
  const records = await world.state.resources(stack);
  for (const id of retainedBy(plans, letGo, had, idsOf(records))) {
    expect(world.cloud.get(id), `${id} is retained`).toBeDefined();
    world.cloud.vanish(id);
  }
  // What is retained may hold what is to be deleted: the operator reads so, and clears that away too.
  if (ended.kind === 'applied' && ended.result.failed.some((f) => f.error.includes('cloud-in-use'))) {
    for (const change of ended.plan.changes)
      if (change.action === 'forget') clearAway(world, letGo, change.physicalId!);
  }
  await expectNothingLost(world);
  expect(JSON.stringify([records, plans, await world.state.runs(stack, 1)])).not.toContain('plaintext');
  return ended;
}

/** What the plans so far let go of and the state no longer has; the operator clears it away by hand. */
function retainedBy(
  plans: readonly Plan[],
  letGo: Set<string>,
  had: ReadonlySet<string>,
  has: ReadonlySet<string>,
): string[] {
  for (const change of plans.flatMap((plan) => plan.changes)) {
    // A plan that is resumed speaks of what was let go before.
    if (change.physicalId === undefined || !had.has(change.physicalId)) continue;
    const isLetGo =
      (change.action === 'forget' && !change.vanished) ||
      (change.action === 'replace' && change.updateReplacePolicy === 'Retain');
    if (isLetGo) letGo.add(change.physicalId);
    else letGo.delete(change.physicalId);
  }
  const gone = [...letGo].filter((id) => !has.has(id));
  for (const id of gone) letGo.delete(id);
  return gone;
}

function idsOf(records: readonly ResourceRecord[]): ReadonlySet<string> {
  return new Set(records.map((r) => r.physicalId));
}

/** Whatever is in the cloud is in the state, or a call is open that made it and will be looked into. */
async function expectNothingLost(world: World): Promise<void> {
  const records = await world.state.resources(stack);
  const ids = records.map((r) => `${r.type} ${r.physicalId}`);
  expect(new Set(ids).size, 'no two records are of one thing').toBe(ids.length);
  const unfinished = await world.state.unfinishedRun(stack);
  const open = [
    ...(await world.state.openEntries(stack)),
    ...(unfinished ? await world.state.journal(unfinished.id) : []),
  ].filter((entry) => entry.status === 'begun');
  const intents = new Set(open.map((entry) => `${entry.logicalId} ${entry.intent}`));
  const known = new Set(ids);
  const lost = world.cloud
    .live()
    .filter((o) => !known.has(`${o.type} ${o.id}`) && !intents.has(o.madeBy))
    .map((o) => o.id);
  expect(lost, 'nothing is orphaned').toEqual([]);
}

async function expectDesired(world: World, desired: DesiredStack | undefined): Promise<void> {
  const records = await world.state.resources(stack);
  const wanted = [...(desired?.resources.keys() ?? [])].sort();
  expect(records.map((r) => `${r.logicalId} ${r.generation}`)).toEqual(wanted.map((id) => `${id} current`));
  expect(
    world.cloud
      .live()
      .map((o) => o.id)
      .sort(),
  ).toEqual(records.map((r) => r.physicalId).sort());
  for (const record of records) {
    const { properties } = desired!.resources.get(record.logicalId)!;
    const there = world.cloud.get(record.physicalId)!.properties;
    for (const name of ['Size', 'Name', 'Slot']) expect(there[name]).toEqual(properties[name]);
    // Of what the template does not say, a hand may have said something since.
    if (properties.Note !== undefined || there.Note !== byHand) expect(there.Note).toEqual(properties.Note);
    const password = properties.Password as { name: string } | undefined;
    expect(there.Password).toBe(password && `plaintext of ${password.name}`);
  }
}

function clearAway(world: World, letGo: Set<string>, id: string): void {
  world.cloud.vanish(id);
  letGo.delete(id);
}

const byHand = 'changed by hand';

function meddle(world: World, how: Version['meddling'], random: () => number): void {
  const there = world.cloud.live();
  const one = there[Math.floor(random() * there.length)];
  if (!one || how === 'none') return;
  if (how === 'vanish') world.cloud.vanish(one.id);
  else one.properties = { ...one.properties, Note: byHand };
}
