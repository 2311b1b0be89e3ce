import type { ApprovalRule } from '../approval/approval.ts';
import { describePrincipals, joinWords } from '../approval/people.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { isTemplatePath } from '../settings/paths.ts';
import { type Environment, findEnvironment, type Settings } from '../settings/settings.ts';
import { compareExemptions } from './compare-exemptions.ts';

/** A stack that exists. */
export interface LivingStack {
  readonly environment: string;
  readonly file: string;
}

/**
 * What other settings would mean, a sentence each, plain text: who would have to approve, which environments come and
 * go, and which living stacks no pull request would change any more. Empty where nothing is different.
 *
 * @param today `2026-12-31`, in UTC
 */
export function compareSettings(
  before: Settings,
  after: Settings,
  alive: readonly LivingStack[],
  today: string,
): readonly string[] {
  return [
    ...after.environments.flatMap((e) => environmentLines(findEnvironment(before, e.name), e, today)),
    ...before.environments.flatMap((e) => (findEnvironment(after, e.name) ? [] : [removed(e, alive)])),
    ...listLine('Commands', describeOperators(before), describeOperators(after)),
    ...listLine('The policy packs', before.policies.join(', '), after.policies.join(', ')),
    ...scanningLine(before, after),
    ...priceLine(before, after),
    ...listLine('The templates', before.templates.join(', '), after.templates.join(', ')),
    ...uncovered(before, after, alive),
  ];
}

function environmentLines(
  before: Environment | undefined,
  after: Environment,
  today: string,
): readonly string[] {
  const { name } = after;
  const exemptions = compareExemptions(before, after, today);
  if (!before) {
    const asked = after.approvals.map(describeRule);
    const late = after.approve === 'after-merge' ? ', asked for after the merge' : '';
    return [`The environment ${name} is added; it needs ${joinWords(asked, 'and')}${late}.`, ...exemptions];
  }
  return [
    ...ruleLines(name, before.approvals, after.approvals),
    ...approveLine(before, after),
    ...exemptions,
    ...otherLines(before, after),
  ];
}

function approveLine(before: Environment, { name, approve }: Environment): readonly string[] {
  const late = approve === 'after-merge';
  if (late === (before.approve === 'after-merge')) return [];
  return [
    late
      ? `${name}: a merge will not wait for approval any more, which is asked for after it (looser).`
      : `${name}: approval will be asked for before the merge, not after it (tighter).`,
  ];
}

/** Rules that are in both say nothing; of the others, those of the same people are one that has changed. */
function ruleLines(
  name: string,
  before: readonly ApprovalRule[],
  after: readonly ApprovalRule[],
): readonly string[] {
  const gone = before.filter((rule) => !after.some((other) => same(rule, other)));
  const come = after.filter((rule) => !before.some((other) => same(rule, other)));
  const lines: string[] = [];
  for (const rule of come) {
    const at = gone.findIndex((other) => same(onlyWho(rule), onlyWho(other)));
    const earlier = at < 0 ? undefined : gone.splice(at, 1)[0];
    if (earlier) {
      const way = rule.count > earlier.count ? 'tighter' : rule.count < earlier.count ? 'looser' : 'changed';
      lines.push(`${name} will need ${describeRule(rule)} instead of ${describeRule(earlier)} (${way}).`);
    } else {
      const kept = before.filter((other) => after.some((one) => same(one, other))).map(describeRule);
      const besides = kept.length > 0 ? ` besides ${joinWords(kept, 'and')}` : '';
      lines.push(`${name} will need ${describeRule(rule)}${besides} (tighter).`);
    }
  }
  for (const rule of gone) lines.push(`${name} will no longer need ${describeRule(rule)} (looser).`);
  return lines;
}

function same(a: object, b: object): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function onlyWho({ from, when }: ApprovalRule): object {
  return { from: [...from].map((p) => p.toLowerCase()).sort(), ...(when === undefined ? {} : { when }) };
}

function describeRule({ from, count, when }: ApprovalRule): string {
  return `${count} of ${describePrincipals(from)}${when === undefined ? '' : ` when ${when}`}`;
}

/** What has a sentence of its own. */
const told: readonly string[] = [
  'name',
  'approvals',
  'approve',
  'overrides',
  'allow',
  'policy-parameters',
] satisfies readonly (keyof Environment)[];

/** Everything else that an environment says. */
function otherLines(before: Environment, { name, ...after }: Environment): readonly string[] {
  const old: Readonly<Record<string, unknown>> = before;
  const now: Readonly<Record<string, unknown>> = after;
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => !told.includes(key));
  return keys
    .filter((key) => !same([old[key] ?? null], [now[key] ?? null]))
    .map((key) => `${name}: ${key} changes from ${describe(old[key])} to ${describe(now[key])}.`);
}

function describe(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function describeOperators({ operators }: Settings): string {
  return `from ${describePrincipals(operators.length > 0 ? operators : ['write'])}`;
}

function listLine(what: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`${what}: ${after} instead of ${before}.`];
}

function scanningLine(before: Settings, after: Settings): readonly string[] {
  const [was, is] = [before, after].map((settings) => settings['code-scanning'] === true);
  if (was === is) return [];
  return [`Findings will ${is ? 'go to' : 'no longer go to'} GitHub code scanning.`];
}

/** The types alone: a list of prices may be long, and its own difference is in the pull request. */
function priceLine({ prices: before }: Settings, { prices: after }: Settings): readonly string[] {
  if (same([before ?? null], [after ?? null])) return [];
  if (!after) return ['There will be no prices, and nothing is said of cost.'];
  const types = Object.keys({ ...before?.resources, ...after.resources }).sort();
  const other = types.filter(
    (type) => !same([before?.resources[type] ?? null], [after.resources[type] ?? null]),
  );
  const of = other.length > 0 ? ` of ${named(other)}` : '';
  const currency = before && before.currency !== after.currency ? `, in ${after.currency}` : '';
  return [`The prices${of} ${before ? 'change' : 'are added'}${currency}.`];
}

/** More of them than these are only counted. */
const mostNamed = 10;

function removed({ name }: Environment, alive: readonly LivingStack[]): string {
  const left = alive.filter((s) => s.environment === name).map((s) => s.file);
  const stay = left.length > 0 ? ` What exists in it stays as it is, unseen: ${named(left)}.` : '';
  return `The environment ${name} is removed.${stay}`;
}

/** Stacks whose template is one no more: a pull request that deletes it would not destroy them either. */
function uncovered(before: Settings, after: Settings, alive: readonly LivingStack[]): readonly string[] {
  const files = alive
    .map((s) => s.file)
    .filter((f) => isTemplatePath(before, f) && !isTemplatePath(after, f));
  const unique = [...new Set(files)].sort();
  return unique.length === 0
    ? []
    : [
        `No pull request will change these stacks any more, which exist and stay as they are: ${named(unique)}.`,
      ];
}

function named(files: readonly string[]): string {
  const more = files.length - mostNamed;
  return more > 0 ? `${files.slice(0, mostNamed).join(', ')} and ${more} more` : joinWords(files, 'and');
}
