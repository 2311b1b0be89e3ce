/**
 * Plans the stacks of one pull request. Those of one environment may take one another's exports: each is planned after
 * what it takes from, as if that were applied already. A value that only its apply will give is unknown in the plan,
 * under the export's name, and comes out when the giving stack has been applied.
 */
import pLimit from 'p-limit';
import type { Diagnostic } from '../base/diagnostic.ts';
import { isUnknown, type Unknown } from '../base/value.ts';
import { madeAnew } from '../plan/made-anew.ts';
import type { StackId } from '../stack/stack.ts';
import { repositoryOf } from '../stack/stack-id.ts';
import type { StackRecord } from '../state/state.ts';
import { changedExports } from './exports.ts';
import { type Beside, planStack, type StackPlan, type StackSource } from './plan-stack.ts';
import { refuseSharedNames } from './refuse-shared-names.ts';
import { orderStacks, type StackOrder } from './stack-order.ts';
import type { Workflow } from './workflow.ts';

/** So many are planned at once. */
const atOnce = 4;

/** The sources of stacks that nobody touched, and that may be planned and applied with the others. */
export type ReadFollowers = (stacks: readonly StackRecord[]) => Promise<readonly StackSource[]>;

/**
 * Plans every source, and every stack of the same repository and environment that takes an export whose value they
 * change. The plans come environment by environment, in the order in which they are to be applied. What could not be
 * applied beside the others has no plan.
 */
export async function planTogether(
  workflow: Workflow,
  sources: readonly StackSource[],
  readFollowers: ReadFollowers,
): Promise<readonly StackPlan[]> {
  const limit = pLimit(atOnce);
  const recorded = await workflow.state.stacks();
  const planned = await Promise.all(
    byEnvironment(sources).map(async (own) => {
      const followers = await readFollowers(takersOf(own, recorded));
      const order = orderStacks(workflow, [...own, ...followers], recorded);
      const plan = (source: StackSource) => limit(() => planStack(workflow, source));
      return planInOrder(order, followers, recorded, plan);
    }),
  );
  const told = planned.flatMap((together) => together.map((one) => withMadeAnew(one, together)));
  return refuseSharedNames(workflow, told);
}

/** With a warning where it makes what another one of its environment deletes. */
function withMadeAnew(planned: StackPlan, together: readonly StackPlan[]): StackPlan {
  const { plan, source, diagnostics } = planned;
  if (!plan) return planned;
  const anew = madeAnew(
    plan,
    together.flatMap((other) => other.plan ?? []),
  );
  const told = anew.map(({ from, logicalIds }): Diagnostic => {
    const named = logicalIds.slice(0, 5).join(', ');
    const more = logicalIds.length > 5 ? ` and ${logicalIds.length - 5} more` : '';
    return {
      severity: 'warning',
      code: 'template-moved-resource',
      summary: `${named}${more} would be destroyed with the stack of ${from} and made anew here, without what is in them`,
      remedy: `Resources do not move from stack to stack. To rename a template, let its new path be free: first delete the other template and merge that, then rename ${from}.`,
      where: { file: source.file, line: 1, column: 1 },
    };
  });
  return told.length === 0 ? planned : { ...planned, diagnostics: [...diagnostics, ...told] };
}

/** The sources of each environment, in the order in which they came. */
function byEnvironment(sources: readonly StackSource[]): readonly (readonly StackSource[])[] {
  const groups = new Map<string, StackSource[]>();
  for (const source of sources) {
    const { name } = source.environment;
    groups.set(name, [...(groups.get(name) ?? []), source]);
  }
  return [...groups.values()];
}

/** Stacks beside the sources, of their repository and environment, that take an export of theirs. */
function takersOf(sources: readonly StackSource[], recorded: readonly StackRecord[]): readonly StackRecord[] {
  const ids = new Set(sources.map(({ stack }) => stack));
  const given = new Set(recorded.filter(({ id }) => ids.has(id)).flatMap(exportsOf));
  const [{ stack: any, environment }] = sources as [StackSource];
  return recorded.filter(
    (stack) =>
      !ids.has(stack.id) &&
      stack.status !== 'destroyed' &&
      stack.environment === environment.name &&
      repositoryOf(stack.id) === repositoryOf(any) &&
      stack.imports?.some((name) => given.has(name)),
  );
}

async function planInOrder(
  order: StackOrder,
  followers: readonly StackSource[],
  recorded: readonly StackRecord[],
  plan: (source: StackSource) => Promise<StackPlan>,
): Promise<readonly StackPlan[]> {
  const plans = new Map<StackId, Promise<StackPlan | undefined>>();
  for (const source of order.sources) {
    const before = (order.before.get(source.stack) ?? []).map((id) => plans.get(id));
    const planned = Promise.all(before).then(async (all) => {
      const earlier = all.filter((one) => one !== undefined);
      const because = followers.includes(source) ? whyFollows(source, earlier, recorded) : [];
      if (because === undefined) return undefined;
      const made = await plan(withBeside(source, order, earlier));
      return { ...made, diagnostics: [...(source.notices ?? []), ...because, ...made.diagnostics] };
    });
    plans.set(source.stack, planned);
  }
  return (await Promise.all(plans.values())).filter((one) => one !== undefined);
}

/** Says that a stack nobody touched takes something that changes; undefined where nothing of it does. */
function whyFollows(
  { stack, file }: StackSource,
  earlier: readonly StackPlan[],
  recorded: readonly StackRecord[],
): readonly Diagnostic[] | undefined {
  const taken = recorded.find(({ id }) => id === stack)?.imports ?? [];
  const told = earlier.flatMap(({ source, plan }): Diagnostic[] => {
    if (!plan) return [];
    const outputs = recorded.find(({ id }) => id === plan.stack)?.outputs ?? {};
    const names = changedExports(plan, outputs).filter((name) => taken.includes(name));
    if (names.length === 0) return [];
    return [
      {
        severity: 'warning',
        code: 'export-changes',
        summary: `It takes ${names.join(', ')} of ${source.file}, which changes, so it is planned and applied with it`,
        where: { file, line: 1, column: 1 },
      },
    ];
  });
  return told.length === 0 ? undefined : told;
}

/**
 * The source as it is to be planned beside the others of its order.
 *
 * @param earlier plans of others that are not applied yet; none where what comes before has been applied
 */
export function withBeside(
  source: StackSource,
  order: StackOrder,
  earlier: readonly StackPlan[] = [],
): StackSource {
  if (order.sources.length < 2) return source;
  const beside: Beside = {
    exports: order.exports,
    values: new Map(earlier.flatMap(({ plan }) => (plan ? plan.outputs.flatMap(exportedBy) : []))),
    imports: new Map(
      earlier.flatMap(({ plan }) => (plan ? [[plan.stack, Object.keys(plan.imports ?? {})] as const] : [])),
    ),
    follows: (stack) => order.before.get(stack)?.includes(source.stack) === true,
  };
  return { ...source, beside };
}

type Output = NonNullable<StackPlan['plan']>['outputs'][number];

function exportedBy({ exportName, after }: Output): readonly (readonly [string, string | Unknown])[] {
  if (exportName === undefined || after === undefined) return [];
  if (isUnknown(after)) return [[exportName, after]];
  // A list or a secret is no export: who takes it is told so when it is planned.
  return typeof after === 'object' ? [] : [[exportName, String(after)]];
}

function exportsOf({ outputs }: StackRecord): readonly string[] {
  return Object.values(outputs).flatMap(({ exportName }) => exportName ?? []);
}
