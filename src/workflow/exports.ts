/** Exports, which one stack gives and others take: what one stack does must not pull them away under another. */
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { isUnknown, unknown } from '../base/value.ts';
import type { Plan } from '../plan/plan.ts';
import type { DesiredStack, StackId } from '../stack/stack.ts';
import type { Lock, StackRecord, State } from '../state/state.ts';
import type { Beside } from './plan-stack.ts';

type Target = Pick<StackRecord, 'account' | 'region'>;

/**
 * An export's name is there once in an account and region, as in CloudFormation: a second stack that took it would
 * decide what everybody who imports it gets.
 */
export async function takenExports(
  state: State,
  target: Target,
  stack: StackId,
  outputs: readonly { readonly exportName?: string; readonly where?: SourceRange }[],
): Promise<readonly Diagnostic[]> {
  const named = outputs.filter((o) => o.exportName !== undefined);
  if (named.length === 0) return [];
  const owners = new Map(
    (await neighbours(state, target, stack)).flatMap((s) =>
      Object.values(s.outputs).map((o) => [o.exportName, s.id] as const),
    ),
  );
  return named.flatMap((output): Diagnostic[] => {
    const owner = owners.get(output.exportName);
    if (owner === undefined) return [];
    const summary = `The export ${output.exportName} belongs to ${owner}`;
    const remedy = 'Export under another name.';
    const { where } = output;
    return [{ severity: 'error', code: 'export-taken', summary, remedy, ...(where ? { where } : {}) }];
  });
}

/** As CloudFormation, refuses to delete, rename or change what another stack has been made with. */
export async function exportsInUse(
  state: State,
  plan: Plan,
  recorded: StackRecord['outputs'],
  {
    desired,
    beside,
  }: { readonly desired?: DesiredStack | undefined; readonly beside?: Beside | undefined } = {},
): Promise<readonly Diagnostic[]> {
  const leaving = leavingExports(plan, recorded);
  if (leaving.length === 0) return [];
  const others = await neighbours(state, plan, plan.stack);
  return leaving.flatMap(({ name, output, renamedTo, isThere, goes }): Diagnostic[] => {
    const importers = others
      .filter((s) => (beside?.imports.get(s.id) ?? s.imports)?.includes(name))
      .map((s) => s.id)
      // They get the new value when this one has been applied. What they are made with cannot go before that.
      .filter((id) => !(isThere && !goes && beside?.follows(id)));
    if (importers.length === 0) return [];
    const what = isThere
      ? 'have another value'
      : renamedTo === undefined
        ? 'be deleted'
        : `be renamed to ${renamedTo}`;
    const where = desired?.outputs.get(output)?.where;
    return [
      {
        severity: 'error',
        code: 'export-in-use',
        summary: `The export ${name} cannot ${what}: ${importers.join(', ')} ${importers.length === 1 ? 'imports' : 'import'} it`,
        remedy: isThere
          ? 'Export the new value under another name, import that there, and take this export out then.'
          : 'Take its import out there first, and apply that.',
        ...(where ? { where } : {}),
      },
    ];
  });
}

interface LeavingExport {
  readonly name: string;
  /** The output that has it until now. */
  readonly output: string;
  /** Whether there is one of the name after this plan, with another value. */
  readonly isThere: boolean;
  /** Whether the plan deletes what the value until now is of. */
  readonly goes: boolean;
  readonly renamedTo?: string;
}

/** Names whose value this plan changes, and that stay. */
export function changedExports(plan: Plan, recorded: StackRecord['outputs']): readonly string[] {
  return leavingExports(plan, recorded).flatMap(({ name, isThere }) => (isThere ? [name] : []));
}

function leavingExports(plan: Plan, recorded: StackRecord['outputs']): readonly LeavingExport[] {
  const going = plan.changes.flatMap(({ action, physicalId }) =>
    physicalId !== undefined && (action === 'delete' || action === 'replace') ? [physicalId] : [],
  );
  return Object.entries(recorded).flatMap(([output, { exportName: name, value }]): LeavingExport[] => {
    // Only claimed: an apply that should have given it a value did not come to its end.
    if (name === undefined || isUnknown(value)) return [];
    const goes = going.some((id) => String(value).includes(id));
    const successor = plan.outputs.find((o) => o.exportName === name);
    if (successor) {
      const stays = !isUnknown(successor.after) && String(successor.after) === String(value);
      return stays ? [] : [{ name, output, isThere: true, goes }];
    }
    const renamedTo = plan.outputs.find((o) => o.name === output)?.exportName;
    return [{ name, output, isThere: false, goes, ...(renamedTo === undefined ? {} : { renamedTo }) }];
  });
}

/**
 * Said before an apply, under the stack's lock. Two stacks have two locks, and one may take an export away in the
 * moment in which the other begins to import it, or both may take one name. So each first writes down what it is
 * about to do, and looks at the other only then: whoever comes second sees the first. Returns why the plan cannot
 * be applied after all, with nothing written.
 */
export async function claimExports(
  state: State,
  plan: Plan,
  lock: Lock,
  updatedAt: string,
  beside?: Beside,
): Promise<readonly Diagnostic[]> {
  const { stack: id, environment, account, region, file, imports: wanted = {} } = plan;
  const before = await state.stack(id);
  const outputs = before?.outputs ?? {};
  const leaving = new Set(leavingExports(plan, outputs).map((e) => e.name));
  const taking = takenNames(plan, outputs, leaving);
  const imports = [...new Set([...(before?.imports ?? []), ...Object.keys(wanted)])].sort();
  const isSame = leaving.size === 0 && Object.keys(taking).length === 0;
  if (isSame && imports.length === (before?.imports ?? []).length) return [];
  const none: StackRecord = {
    id,
    environment,
    account,
    region,
    file,
    status: 'new',
    outputs: {},
    updatedAt,
  };
  // Nobody looks at one that is destroyed; and it may be made anew elsewhere.
  const claiming = before && before.status !== 'destroyed' ? before : none;
  const claimed = { ...withoutExports(outputs, leaving), ...taking };
  await state.putStack({ ...claiming, imports, outputs: claimed }, lock);
  const refused = [
    ...(await takenExports(state, plan, id, plan.outputs)),
    ...(await exportsInUse(state, plan, outputs, { beside })),
    ...(await goneImports(state, plan)),
  ];
  if (refused.length > 0) await state.putStack(before ?? none, lock);
  return refused;
}

/** Outputs that get an export's name, or another value under theirs: nobody knows it before the apply has ended. */
function takenNames(
  plan: Plan,
  recorded: StackRecord['outputs'],
  leaving: ReadonlySet<string>,
): StackRecord['outputs'] {
  return Object.fromEntries(
    plan.outputs.flatMap(({ name, exportName }) => {
      if (exportName === undefined) return [];
      const isHeld = recorded[name]?.exportName === exportName && !leaving.has(exportName);
      return isHeld ? [] : [[name, { value: unknown, exportName }] as const];
    }),
  );
}

/**
 * The outputs of a stack whose apply did not come to its end. A name that it was only about to take is free again: it
 * never had a value there, and whoever has one for it may take it. One that it has had stays its own, because others
 * may have been made with it.
 *
 * @param outputs with what `claimExports` wrote
 */
export async function withoutVainClaims(
  state: State,
  stack: StackId,
  outputs: StackRecord['outputs'],
): Promise<StackRecord['outputs']> {
  const isClaim = ({ exportName, value }: StackRecord['outputs'][string]) =>
    exportName !== undefined && isUnknown(value);
  if (!Object.values(outputs).some(isClaim)) return outputs;
  const last = (await state.history(stack)).find((run) => run.status === 'succeeded');
  const reached = last ? (await state.run(last.id))!.plan.outputs : [];
  const had = new Set(reached.map((output) => output.exportName));
  return Object.fromEntries(
    Object.entries(outputs).filter(([, output]) => !isClaim(output) || had.has(output.exportName)),
  );
}

async function goneImports(state: State, { account, region, imports = {} }: Plan): Promise<Diagnostic[]> {
  const exports = await state.exports(account, region);
  return Object.entries(imports)
    .filter(([name, value]) => exports.get(name) !== value)
    .map(([name]) => ({
      severity: 'error',
      code: 'plan-stale',
      summary: `The export ${name}, which this stack imports, ${exports.has(name) ? 'has another value by now' : 'is gone'}`,
      remedy: 'Plan again.',
    }));
}

function withoutExports(
  outputs: StackRecord['outputs'],
  names: ReadonlySet<string | undefined>,
): StackRecord['outputs'] {
  return Object.fromEntries(
    Object.entries(outputs).map(([output, { exportName, ...rest }]) => [
      output,
      exportName === undefined || names.has(exportName) ? rest : { ...rest, exportName },
    ]),
  );
}

/** The other stacks of an account and region that are there. */
async function neighbours(
  state: State,
  { account, region }: Target,
  stack: StackId,
): Promise<readonly StackRecord[]> {
  return (await state.stacks()).filter(
    (s) => s.id !== stack && s.account === account && s.region === region && s.status !== 'destroyed',
  );
}
