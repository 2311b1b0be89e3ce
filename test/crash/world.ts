/** What the crash tests stand on: a real database server, moto behind the fault proxy, and processes to kill. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import pino from 'pino';
import { type Database, openDatabase } from '../../src/db/database.ts';
import { hasChanges } from '../../src/plan/plan.ts';
import { type FaultProxy, likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { guard } from '../../src/sandbox/services/guard.ts';
import type { RunningService } from '../../src/sandbox/services/index.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { type ApplyOutcome, applyStack } from '../../src/workflow/apply-stack.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { createServerDatabase } from '../db/databases.ts';
import type { Point } from './points.ts';
import { type Step, type StepName, steps } from './versions.ts';

export interface CrashWorld {
  readonly database: Database;
  readonly workflow: Workflow;
  readonly proxy: FaultProxy;
  /** For a process of its own: where database and cloud are. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openCrashWorld(moto: RunningService, postgres: RunningService): Promise<CrashWorld> {
  const proxy = await startFaultProxy({ target: moto.url, rules: likeAws });
  const url = await createServerDatabase(postgres.url);
  const environment = { ...moto.environment, AWS_ENDPOINT_URL: proxy.url, DATABASE_URL: url };
  Object.assign(process.env, environment);
  const database = await openDatabase({ url });
  return {
    database,
    workflow: await workflowOn(database),
    proxy,
    environment,
    async close() {
      await database.close();
      await proxy.stop();
    },
  };
}

export function workflowOn(database: Database): Promise<Workflow> {
  const log = pino({ level: 'silent' });
  return openWorkflow({ database, log, masker: createMasker(), policies: [], defaultRegion: 'eu-west-1' });
}

/** `name` is in the stack's id and, by the template's file, in the names that IAM gets. */
export function sourceOf(name: string, text: string | undefined): StackSource {
  const file = `${name}.yaml`;
  const environment = { name: 'dev', after: [], approvals: [] };
  return { stack: `acme/shop:${file}@dev`, environment, file, text, packs: [] };
}

/** Applies without asking, waiting for others as long as `waitMs`. */
export function apply(workflow: Workflow, source: StackSource, waitMs = 0): Promise<ApplyOutcome> {
  return applyStack(workflow, { source, cause: { by: 'operator' }, permit: () => true, waitMs });
}

/** A process of its own that applies; it kills itself at `point`, and else tells every point that it passed. */
export async function applyInChild(
  { environment }: CrashWorld,
  name: string,
  text: string | undefined,
  point?: Point,
): Promise<{ readonly killed: boolean; readonly passed: readonly Point[]; readonly said: string }> {
  const child = spawnChild(environment, { name, text, point });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (signal === 'SIGKILL') return { killed: true, passed: [], said };
  if (code !== 0) throw new Error(`the child ended with ${code}: ${said}`);
  return { killed: false, passed: JSON.parse(said) as Point[], said };
}

export function spawnChild(environment: CrashWorld['environment'], task: object) {
  const program = fileURLToPath(new URL('child.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, JSON.stringify(task)],
    {
      env: {
        PATH: process.env.PATH ?? '',
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  // One that stopped itself would outlive a run that was ended in the middle, and hold on to its output.
  const guarded = guard(child.pid!, 'TERM', undefined);
  child.once('exit', () => guarded.dismiss());
  return child;
}

/** Makes what a step begins with, and returns what it leads to. */
async function prepared(world: CrashWorld, name: string, step: Step): Promise<string | undefined> {
  if (step.from !== undefined) await apply(world.workflow, sourceOf(name, step.from));
  if (!step.isOutside) return step.to;
  const aws = world.workflow.openAws({ region: 'eu-west-1' });
  const ec2 = await aws.ec2();
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
  const group = { GroupName: name, Description: 'first', VpcId: Vpc?.VpcId };
  const { GroupId } = await ec2.createSecurityGroup(group);
  aws.destroy();
  return step.to?.replace('<Vpc>', Vpc!.VpcId!).replace('<Group>', GroupId!);
}

/** Kills a process in the middle of a step, goes on in this one, and says what is wrong afterwards: nothing. */
export async function crashAt(
  world: CrashWorld,
  name: string,
  step: StepName,
  point: Point,
): Promise<string[]> {
  const { workflow, database } = world;
  const to = await prepared(world, name, steps[step]);
  const { killed, said } = await applyInChild(world, name, to, point);
  // As when its time to live has passed.
  await sql`update stack_lock set expires_at = now() where stack = ${sourceOf(name, to).stack}`.execute(
    database.kysely,
  );
  const { status, result, planned } = await apply(workflow, sourceOf(name, to));
  const why = JSON.stringify([result?.failed.map((f) => f.error), planned.diagnostics]);
  const problems = [
    ...(killed ? [] : [`the process was not killed: ${said}`]),
    ...(status === 'succeeded' ? [] : [`applying again ended as ${status}: ${why}`]),
    ...(await problemsOf(world, name, to)),
  ];
  await apply(workflow, sourceOf(name, undefined));
  return [...problems, ...(await problemsOf(world, name, undefined)).map((p) => `after destroying: ${p}`)];
}

/** All points of a step, from a run that nothing happens to. */
export async function pointsOf(world: CrashWorld, name: string, step: StepName): Promise<readonly Point[]> {
  const to = await prepared(world, name, steps[step]);
  const { passed } = await applyInChild(world, name, to);
  const problems = await problemsOf(world, name, to);
  if (problems.length > 0) throw new Error(`without a crash: ${problems.join('; ')}`);
  await apply(world.workflow, sourceOf(name, undefined));
  return passed;
}

/** Compares template, state, plan and what an independent reader finds in the cloud. */
export async function problemsOf(
  world: CrashWorld,
  name: string,
  text: string | undefined,
): Promise<string[]> {
  const source = sourceOf(name, text);
  const records = await world.workflow.state.resources(source.stack);
  const recorded = records.map((r) => `${r.logicalId} ${r.generation}`).sort();
  const wanted = logicalIdsOf(text).map((id) => `${id} current`);
  const { plan, diagnostics } = await planStack(world.workflow, source);
  const there = await idsInCloud(world, name, source.stack);
  const ids = records.map((r) => r.physicalId).sort();
  return [
    ...differ('recorded', recorded, wanted),
    ...differ('in the cloud', there, ids),
    ...(plan && !hasChanges(plan)
      ? []
      : [`a plan is not empty: ${describe(plan)} ${JSON.stringify(diagnostics)}`]),
  ];
}

function logicalIdsOf(text = ''): readonly string[] {
  const [resources = ''] = text.split('Outputs:');
  return [...resources.matchAll(/^ {2}(\w+):$/gm)].map(([, id]) => id!).sort();
}

function describe(plan: { changes: readonly { action: string; logicalId: string }[] } | undefined): string {
  return (plan?.changes ?? [])
    .filter((c) => c.action !== 'none')
    .map((c) => `${c.action} ${c.logicalId}`)
    .join(', ');
}

function differ(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  return found.join() === wanted.join()
    ? []
    : [`${what} is ${found.join(', ')} and not ${wanted.join(', ')}`];
}

/** By tags and names, as somebody would look who has no state. */
async function idsInCloud({ workflow }: CrashWorld, name: string, stack: string): Promise<string[]> {
  const aws = workflow.openAws({ region: 'eu-west-1' });
  const [ec2, iam] = [await aws.ec2(), await aws.iam()];
  const ours = { Filters: [{ Name: 'tag:slipway:stack', Values: [stack] }] };
  const [vpcs, subnets, tables, groups, roles] = await Promise.all([
    ec2.describeVpcs(ours),
    ec2.describeSubnets(ours),
    ec2.describeRouteTables(ours),
    ec2.describeSecurityGroups(ours),
    iam.listRoles({}),
  ]);
  const associations = (tables.RouteTables ?? []).flatMap((t) => t.Associations ?? []);
  aws.destroy();
  return [
    ...(vpcs.Vpcs ?? []).map((v) => v.VpcId!),
    ...(subnets.Subnets ?? []).map((s) => s.SubnetId!),
    ...(tables.RouteTables ?? []).map((t) => t.RouteTableId!),
    ...associations.map((a) => a.RouteTableAssociationId!),
    ...(groups.SecurityGroups ?? []).map((g) => g.GroupId!),
    ...(roles.Roles ?? []).map((r) => r.RoleName!).filter((role) => role.startsWith(`${name}-dev-`)),
  ].sort();
}
