import { recover } from '../apply/recover.ts';
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import { nearest } from '../base/suggest.ts';
import type { Unknown } from '../base/value.ts';
import { makePlan } from '../plan/make-plan.ts';
import { onlyOf } from '../plan/only.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseAll } from '../plan/refusals.ts';
import { attemptedBy, hasDanglingRename } from '../plan/renames.ts';
import { replacementOf } from '../plan/replacement.ts';
import type { Finding } from '../policy/finding.ts';
import type { ScanContext } from '../policy/scan.ts';
import type { Live } from '../provider/provider.ts';
import { refresh } from '../provider/refresh.ts';
import { resourceType } from '../provider/registry.ts';
import type { SecretScope } from '../secret/resolve-secrets.ts';
import type { Environment } from '../settings/settings.ts';
import { placeOf } from '../stack/place-of.ts';
import { resolveStack } from '../stack/resolve.ts';
import type { DesiredStack, RequiredFacts, StackId, TargetFacts } from '../stack/stack.ts';
import type { Lock, ResourceRecord, StackRecord, StackVersion } from '../state/state.ts';
import { inTurn } from './account-turns.ts';
import { beginScanning } from './begin-scanning.ts';
import { type CheckedSource, checkSource, parametersFile, readSource } from './check-source.ts';
import { exportsInUse, takenExports } from './exports.ts';
import { findingsOf } from './judge.ts';
import { lookUp } from './look-up.ts';
import { maskDiagnostics } from './masked-errors.ts';
import { type OpenedSource, openSource } from './open-source.ts';
import { readHandOvers } from './plan-hand-overs.ts';
import { readAdopted } from './read-adopted.ts';
import { readFacts } from './read-facts.ts';
import { refusedChanges } from './refused-changes.ts';
import { withRenames } from './renames-since.ts';
import { planning } from './stack-scope.ts';
import { keptVersion } from './stack-version.ts';
import { providerContext, type Target } from './target.ts';
import type { Workflow } from './workflow.ts';

/** The text that one stack is planned from. */
export interface StackSource {
  readonly stack: StackId;
  readonly environment: Environment;
  /** The template's path in the repository. */
  readonly file: string;
  /** The path that it had when it was applied, if that was another one. */
  readonly movedFrom?: string;
  /** Undefined when the template is gone: everything that it made is to be deleted. */
  readonly text: string | undefined;
  /** The environment's parameter file, where there is one. */
  readonly parameters?: { readonly file: string; readonly text: string };
  /** What SSM parameters count as, by name, whatever they hold by now: for going back to an earlier version. */
  readonly ssmParameters?: Readonly<Record<string, string>>;
  /** Logical ids that are other ones by now, as now → in the text: for going back to an earlier version. */
  readonly renames?: Readonly<Record<string, string>>;
  /** The policy packs that judge it, from the settings. */
  readonly packs: readonly string[];
  /** What it is planned for, in the name of the assumed role's session: `pr-12`. */
  readonly session?: string;
  /** Who asked for the change; policies may look at it. */
  readonly author?: string;
  /** Only this is done: what is there becomes the template's resource of this logical id. */
  readonly adopts?: { readonly logicalId: string; readonly physicalId: string };
  /** What is said of it besides, whatever its plan is. */
  readonly notices?: readonly Diagnostic[];
  /** Why it is not planned at all, whatever the text says. */
  readonly refused?: Diagnostic;
  /** What other stacks do that are planned and applied with this one. */
  readonly beside?: Beside;
}

/** What stacks that are planned and applied together need to know of one another. */
export interface Beside {
  /** Every export that one of the others gives or gave. */
  readonly exports: ReadonlySet<string>;
  /** What the exports of those planned before this one will be, where they are not applied yet. */
  readonly values: ReadonlyMap<string, string | Unknown>;
  /** What those planned before this one will take from others. */
  readonly imports: ReadonlyMap<StackId, readonly string[]>;
  /** Whether a stack that takes what this one gives is planned and applied after it. */
  readonly follows: (stack: StackId) => boolean;
}

/** What planning one stack came to: a plan with its findings, or the diagnostics that say why there is none. */
export interface StackPlan {
  readonly source: StackSource;
  readonly plan?: Plan;
  readonly findings: readonly Finding[];
  readonly diagnostics: readonly Diagnostic[];
  /** What an apply of the plan needs besides; there exactly when the plan is. */
  readonly apply?: {
    /** Closed already: what was leased for planning changes nothing. */
    readonly target: Target;
    readonly secrets: SecretScope;
    /** What is kept with the run, to go back to; undefined where there is nothing that may be kept. */
    readonly version: () => StackVersion | undefined;
  };
}

/**
 * Plans one stack: reads the template, asks the cloud what is there, compares, scans. Writes nothing to the cloud;
 * under the stack's lock it writes down what became of calls whose end nobody saw. What is wrong with the input or
 * with the way to the cloud comes back as diagnostics; only defects are thrown.
 */
export function planStack(workflow: Workflow, source: StackSource, lock?: Lock): Promise<StackPlan> {
  return planning(workflow, source, () => planOrTell(workflow, source, lock));
}

async function planOrTell(workflow: Workflow, source: StackSource, lock?: Lock): Promise<StackPlan> {
  if (source.refused) return { source, findings: [], diagnostics: [source.refused] };
  const checked = checkSource(workflow, source);
  if (hasErrors(checked.diagnostics)) return { source, findings: [], diagnostics: checked.diagnostics };
  const began = workflow.clock.now().getTime();
  const tell = (outcome: string) =>
    workflow.onTimed?.('plan', outcome, (workflow.clock.now().getTime() - began) / 1000);
  try {
    const planned = await planChecked(workflow, source, checked, lock);
    tell(planned.plan ? 'planned' : 'unplannable');
    return planned;
  } catch (error) {
    tell('failed');
    if (!(error instanceof SlipwayError))
      workflow.log.error({ err: error, stack: source.stack }, 'planning failed');
    const said = maskDiagnostics(diagnosticsOf(error), workflow.masker.mask);
    return { source, findings: [], diagnostics: [...checked.diagnostics, ...said] };
  }
}

/**
 * What going on with a plan that was made before needs, where by now there would be no plan: what was to be imported
 * is gone, or another stack exports the name. The plan itself is the caller's.
 */
export async function openPlanned(workflow: Workflow, source: StackSource, plan: Plan): Promise<StackPlan> {
  const none = { source, findings: [], diagnostics: [] };
  // Only what would keep it from being opened: that a value breaks a constraint by now does not.
  const checked = readSource(workflow, source);
  if (source.refused || hasErrors(checked.diagnostics)) return none;
  try {
    const { target, secrets } = await openSource(workflow, source, checked);
    try {
      return { ...none, plan, apply: { target, secrets: await secrets(), version: () => undefined } };
    } finally {
      await target.close();
    }
  } catch (error) {
    return { ...none, diagnostics: diagnosticsOf(error) };
  }
}

async function planChecked(
  workflow: Workflow,
  source: StackSource,
  checked: CheckedSource,
  lock: Lock | undefined,
): Promise<StackPlan> {
  const scanning = beginScanning(workflow, source, checked);
  const opened = await openSource(workflow, source, checked);
  try {
    return await planOpened(workflow, source, checked, { ...opened, scanning, lock });
  } finally {
    await opened.target.close();
  }
}

/** What planning has begun with. */
interface Begun extends OpenedSource {
  readonly scanning: ReturnType<typeof beginScanning>;
  readonly lock: Lock | undefined;
}

async function planOpened(
  workflow: Workflow,
  source: StackSource,
  checked: CheckedSource,
  { target, record, required, scanning, lock, ...opened }: Begun,
): Promise<StackPlan> {
  const { template, parameters } = checked;
  const { environment, stack, file } = source;
  const typeOf = (type: string) => resourceType(type, workflow.types);
  const [facts, secrets, { recorded, live }] = await inTurn(workflow, 'read', target.account, () => {
    const resolving = opened.secrets();
    return Promise.all([
      readFacts(workflow, target, source, required),
      resolving,
      resolving.then((secrets) => readPresent(workflow, target, stack, secrets, lock)),
    ]);
  });

  const resolved = template
    ? resolveStack(template, {
        facts,
        parameters,
        parametersFile: parametersFile(source),
        parameterPositions: checked.positions,
      })
    : { stack: undefined, diagnostics: [] };
  const spoken = resolved.stack && withRenames(withImport(resolved.stack, source.adopts), source.renames);
  const context = providerContext(workflow, target, stack);
  const lookedUp = spoken && (await lookUp({ context, typeOf, secrets, recorded }, spoken));
  const desired = lookedUp?.desired;
  const taken = await takenExports(workflow.state, target, stack, [...(desired?.outputs.values() ?? [])]);
  const attempted = async () => attemptedBy(await workflow.state.runs(stack, runsRemembered));
  const adoption = desired
    ? await readAdopted({
        state: workflow.state,
        context,
        typeOf,
        desired,
        recorded,
        live,
        secrets,
        attempted,
      })
    : { adopted: new Map<string, Live>(), diagnostics: [] };
  const handOvers = await readHandOvers(workflow, source, template);
  const found = [
    ...resolved.diagnostics,
    ...(lookedUp?.diagnostics ?? []),
    ...taken,
    ...adoption.diagnostics,
    ...handOvers.diagnostics,
  ];
  const diagnostics = [...checked.diagnostics, ...found];
  if (hasErrors(diagnostics)) return { source, findings: [], diagnostics };

  const whole = makePlan({
    stack,
    environment: environment.name,
    account: target.account,
    region: target.region,
    file,
    desired,
    recorded,
    recordedOutputs: record?.outputs ?? {},
    recordedFile: record?.status === 'destroyed' ? undefined : record?.file,
    live,
    adopted: adoption.adopted,
    attempted:
      record?.status === 'failed' || (desired && hasDanglingRename(desired.resources, recorded))
        ? await attempted()
        : new Set(),
    imports: importedBy(required, facts),
    recordedImports: record?.imports ?? [],
    handOvers: handOvers.changes,
    typeOf,
    replacement: (type, path) => replacementOf(workflow.schemas[type], path),
    ...secrets,
  });
  refuseAll([...refusedChanges(context, whole, typeOf), ...handOvers.refused(whole)]);
  const outputs = record?.outputs ?? {};
  const plan = source.adopts
    ? onlyOf(whole, source.adopts.logicalId, outputs, await importsOf(workflow, target, record))
    : whole;
  const inUse = await exportsInUse(workflow.state, plan, outputs, { desired, beside: source.beside });
  if (inUse.length > 0) return { source, findings: [], diagnostics: [...diagnostics, ...inUse] };
  const positions: ScanContext['positions'] = (logicalId, path) => placeOf(desired, logicalId, path);
  const others = await scanning.findings(plan, positions);
  return {
    source,
    plan,
    findings: findingsOf(workflow, plan, source, positions, others),
    diagnostics,
    apply: {
      target,
      secrets,
      version() {
        // Of what is only adopted, the rest of the template was not reached.
        if (!template || source.text === undefined || source.adopts) return undefined;
        const { ssmParameters } = facts;
        const { mask } = workflow.masker;
        return keptVersion({ text: source.text, template, parameters, ssmParameters, mask });
      },
    },
  };
}

/** What fails again and again is followed back so far. */
const runsRemembered = 20;

/** As if the template said it in the resource's metadata. */
function withImport(desired: DesiredStack, adopts: StackSource['adopts']): DesiredStack {
  if (!adopts) return desired;
  const { logicalId, physicalId } = adopts;
  const resource = desired.resources.get(logicalId);
  if (!resource) {
    const near = nearest(logicalId, desired.resources.keys());
    throw new SlipwayError('plan-import', {
      summary: `The template has no resource ${logicalId}`,
      remedy: near === undefined ? 'Write the resource into the template first.' : `Did you mean ${near}?`,
    });
  }
  const metadata = { ...resource.metadata, Slipway: { Import: physicalId } };
  // Whoever runs this is shown the resource, and asked.
  const adopted = { ...resource, metadata, deletionPolicyIsDefault: false };
  return {
    ...desired,
    resources: new Map([...desired.resources, [logicalId, adopted]]),
  };
}

/** What the template takes from other stacks, as it is now. */
function importedBy(required: RequiredFacts, facts: TargetFacts): NonNullable<Plan['imports']> {
  return Object.fromEntries(
    required.imports.flatMap((name) => {
      const value = facts.exports.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** What the stack was made with. An export that is imported stays as it is, so that is what it was then, too. */
async function importsOf(
  { state }: Workflow,
  { account, region }: Target,
  record: StackRecord | undefined,
): Promise<Readonly<Record<string, string>>> {
  const imports = record?.imports ?? [];
  if (imports.length === 0) return {};
  const exports = await state.exports(account, region);
  return Object.fromEntries([...exports].filter(([name]) => imports.includes(name)));
}

/** What we made, and what the cloud says of it now. */
async function readPresent(
  workflow: Workflow,
  target: Target,
  stack: StackId,
  secrets: SecretScope,
  lock: Lock | undefined,
): Promise<{ recorded: readonly ResourceRecord[]; live: ReadonlyMap<string, Live> }> {
  const { state, clock, types } = workflow;
  const context = providerContext(workflow, target, stack);
  const typeOf = (type: string) => resourceType(type, types);
  const { outcomes, records } = await recover({ stack, state, typeOf, context, secrets, clock });
  if (lock) for (const outcome of outcomes) await state.end(outcome, lock);
  const current = records.filter((r) => r.generation === 'current');
  return { recorded: records, live: await refresh(context, current, typeOf) };
}
