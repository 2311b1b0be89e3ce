import type { SourceRange } from '../base/source.ts';
import { isSecret, isUnknown, type Properties } from '../base/value.ts';
import { isStateOnly } from '../plan/make-plan.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { toCelValue } from './cel-values.ts';
import type { Bindings, Budget, Outcome } from './expression.ts';
import { type Enforcement, type Finding, severities } from './finding.ts';
import { healing } from './heal.ts';
import { limits } from './limits.ts';
import { renderMessage } from './message.ts';
import { type PolicyParameters, parameterValues } from './parameters.ts';
import { type Element, upwards } from './path.ts';
import { elementsOf, enforcementFor, looksAtType, type Policy } from './policy.ts';
import { bindingsFor, bindingsOf, type Circumstances } from './subject.ts';
import { templatePath } from './template-path.ts';
import type { Trouble } from './undecided.ts';

export interface ScanContext extends Circumstances {
  /** Where a property stands in the template: `SecurityGroupIngress[0].CidrIp`. */
  positions(logicalId: string, path: string): SourceRange | undefined;
  /** Values for the policies' parameters; of those that it leaves out, the defaults. */
  readonly parameters?: PolicyParameters;
}

/**
 * Holds every change of a plan, or those that are named, against every policy. Never throws. Findings are sorted: the
 * worst first, then by resource, place and policy, so that the same plan always reads the same.
 */
export function scan(
  policies: readonly Policy[],
  plan: Plan,
  context: ScanContext,
  changes: readonly Change[] = plan.changes,
): Finding[] {
  const bindings = new Map<Change, Bindings>();
  const byType = Map.groupBy(changes, (change) => change.type);
  const findings = policies.flatMap((policy) => scanPolicy(policy, { plan, byType, context, bindings }));
  return findings.sort(
    (a, b) =>
      severities.indexOf(b.severity) - severities.indexOf(a.severity) ||
      compareText(a.logicalId, b.logicalId) ||
      compareText(a.path ?? '', b.path ?? '') ||
      compareText(a.policy, b.policy),
  );
}

// Numbers inside by their value: [2] before [10]. A fixed locale, so that machines agree.
const collator = new Intl.Collator('en', { numeric: true });
function compareText(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** One scan: of which changes of which plan, and what expressions see of each. */
interface Scanning {
  readonly plan: Plan;
  readonly byType: ReadonlyMap<string, readonly Change[]>;
  readonly context: ScanContext;
  readonly bindings: Map<Change, Bindings>;
}

function scanPolicy(policy: Policy, { plan, byType, context, bindings: known }: Scanning): Finding[] {
  const findings: Finding[] = [];
  const budget: Budget = { left: limits.stepsPerScan };
  const hasParameters = Object.keys(policy.parameters).length > 0;
  const values = hasParameters ? parameterValues(policy, context.parameters?.[policy.id]) : undefined;
  const parameters = values && toCelValue(values);
  const looked = [...byType].flatMap(([type, own]) => (looksAtType(policy, type) ? own : []));
  const changes = policy.once ? heaviestFirst(policy, looked) : looked;
  for (const change of changes) {
    const enforcement = enforcementFor(policy, change.action);
    if (enforcement === undefined) continue;
    const bindings = known.get(change) ?? bindingsFor(change, plan, context);
    known.set(change, bindings);
    for (const element of elementsOf(policy, change.type, change.after ?? change.before ?? null)) {
      const subject = { policy, enforcement, change, element, context };
      const inner = bindingsOf(bindings, { parameters, element, foreach: policy.foreach });
      const outcome = judge(policy, element, inner, budget);
      // One finding for all that is left, which nobody has judged: so it blocks, whatever happens to this resource.
      if (budget.left <= 0) return [...findings, unfinished({ ...subject, enforcement: policy.enforcement })];
      if (outcome.kind !== 'value') findings.push(troubleFinding(subject, outcome));
      else if (outcome.value === true) {
        const found = finding(subject, renderMessage(policy.message, inner, budget) + untouched(change));
        const bindingsAfter = (after: Properties, element: Element) =>
          bindingsOf(bindingsFor({ ...change, after }, plan, context), {
            parameters,
            element,
            foreach: policy.foreach,
          });
        const fix = healing(policy, change, element, bindingsAfter, budget);
        findings.push(fix === undefined ? found : { ...found, fix });
      }
      if (policy.once) return findings;
    }
  }
  return findings;
}

/** One finding is all there is: at a resource that the plan leaves alone it would be advice, and block nothing. */
function heaviestFirst(policy: Policy, changes: readonly Change[]): readonly Change[] {
  const isFull = ({ action }: Change) => enforcementFor(policy, action) === policy.enforcement;
  return [...changes.filter(isFull), ...changes.filter((change) => !isFull(change))];
}

/** What a finding is about. */
interface Subject {
  readonly policy: Policy;
  readonly enforcement: Enforcement;
  readonly change: Change;
  readonly element: Element;
  readonly context: ScanContext;
}

function judge(policy: Policy, element: Element, bindings: Bindings, budget: Budget): Outcome {
  if (element.misfit !== undefined) return { kind: 'error', reason: element.misfit };
  if (isUnknown(element.value)) return { kind: 'unknown', what: element.path };
  if (isSecret(element.value)) return { kind: 'secret', what: element.path };
  const outcome = policy.deny.evaluate(bindings, budget);
  if (outcome.kind === 'value' && typeof outcome.value !== 'boolean') {
    return { kind: 'error', reason: 'deny has to give true or false' };
  }
  return outcome;
}

function finding(subject: Subject, message: string): Finding {
  const { policy, enforcement, change, element, context } = subject;
  const planned = [element.path, policy.property].filter(Boolean).join('.');
  const path = change.after ? templatePath(change, planned) : planned;
  const where = placeOf(change, path, context);
  return {
    policy: policy.id,
    title: policy.title,
    severity: policy.severity,
    enforcement,
    logicalId: change.logicalId,
    type: change.type,
    message,
    remedy: policy.remedy,
    controls: policy.controls,
    ...(policy.once ? { ofPlan: true as const } : {}),
    ...(path === '' ? {} : { path }),
    ...(where ? { where } : {}),
  };
}

function untouched(change: Change): string {
  return change.action === 'none' ? ' (It is already there: this plan does not touch it.)' : '';
}

function troubleFinding(subject: Subject, trouble: Trouble): Finding {
  if (trouble.kind === 'unknown') {
    if (isAskedAtApply(subject.change)) {
      return { ...finding(subject, `Decided at apply: ${trouble.what} is known only then`), undecided: true };
    }
    const message = `Cannot be decided: ${trouble.what} is known only after apply, which does not come to this resource again`;
    const remedy = `Apply what gives it first, or have the finding overridden. ${subject.policy.remedy}`;
    return { ...finding(subject, message), remedy };
  }
  if (trouble.kind === 'secret') {
    const message = `Cannot be decided: ${trouble.what} is secret, and policies do not read secrets`;
    const remedy = `Write ${trouble.what} in the open, or have the finding overridden. ${subject.policy.remedy}`;
    return { ...finding(subject, message), remedy };
  }
  return {
    ...finding(subject, `The policy could not be decided: ${trouble.reason}`),
    code: 'policy-evaluation',
    remedy: `Mend ${subject.policy.file}, or the value that it does not expect. Until then it counts as broken.`,
  };
}

/** Only what is made or altered is held against policies again; what stays or goes would never be judged. */
function isAskedAtApply(change: Change): boolean {
  const { action, differences } = change;
  if (action === 'import') return differences.length > 0;
  if (action === 'update') return !isStateOnly(change);
  return action === 'create' || action === 'replace';
}

function unfinished(subject: Subject): Finding {
  const steps = limits.stepsPerScan.toLocaleString('en');
  const reason = `it takes more than ${steps} steps over this plan, and stopped at this resource`;
  return troubleFinding(subject, { kind: 'error', reason });
}

function placeOf(change: Change, path: string, context: ScanContext): SourceRange | undefined {
  for (const at of upwards(path)) {
    const where = context.positions(change.logicalId, at);
    if (where) return where;
  }
  return change.where;
}
