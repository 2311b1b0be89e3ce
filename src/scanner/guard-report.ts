/**
 * What `cfn-guard validate --output-format json --structured` writes: the tree of everything that it evaluated, of a
 * shape that depends on how a rule is written. In: that text. Out: a hit for each rule and property that it failed at.
 */
import { isObject, type Value } from '../base/value.ts';
import { done, failed, type Hit, type Scanned } from './scanner.ts';

/** @param report what it wrote about one file */
export function readGuardReport(report: string): Scanned {
  let files: unknown;
  try {
    files = JSON.parse(report);
  } catch {
    files = undefined;
  }
  const [file] = Array.isArray(files) ? (files as Value[]) : [];
  if (!isObject(file)) {
    return failed('What it wrote is no report of cfn-guard', 'Have the operator check which program it is.');
  }
  const rules = ['not_compliant', 'not_applicable', 'compliant'].flatMap((key) => listAt(file, key));
  if (rules.length === 0) {
    return failed('It has no rules', 'Have the operator name files of rules that hold some.');
  }
  return done(listAt(file, 'not_compliant').flatMap(hitsOf));
}

function hitsOf(tree: Value): Hit[] {
  const rule = isObject(tree) && isObject(tree.Rule) ? tree.Rule : {};
  const name = textOf(rule.name);
  const clauses = clausesIn(rule, []);
  // A rule that another one failed for has no clause of its own.
  const failures = clauses.length > 0 ? clauses : [{ words: [], why: '', at: undefined }];
  const byPlace = Map.groupBy(failures, ({ at }) => at ?? '');
  return [...byPlace.values()].map((own) => hitOf(name, own));
}

/** One check that did not hold. */
interface Clause {
  /** What the rule's author says to it, the outermost first. */
  readonly words: readonly string[];
  /** What cfn-guard says. */
  readonly why: string;
  /** `/Resources/Subnet/Properties/CidrBlock` */
  readonly at: string | undefined;
}

function clausesIn(node: Value, words: readonly string[]): readonly Clause[] {
  if (Array.isArray(node)) return node.flatMap((one) => clausesIn(one, words));
  if (!isObject(node)) return [];
  const { messages, checks, ...rest } = node;
  const own = isObject(messages) ? textOf(messages.custom_message) : '';
  const all = own === '' ? words : [...words, own];
  // What has messages and no checks is one itself, of one value or of one that is not there.
  if (!isObject(messages) || Array.isArray(checks)) {
    return Object.values({ ...rest, checks: checks ?? null }).flatMap((child) => clausesIn(child, all));
  }
  return [{ words: all, why: textOf(messages.error_message), at: pathIn(rest) }];
}

/** Where the value stands that was compared, or as far as there was something. */
function pathIn(check: Value): string | undefined {
  if (!isObject(check)) return undefined;
  for (const [key, value] of Object.entries(check)) {
    if (key === 'path' && typeof value === 'string' && value.startsWith('/')) return value;
    // What it is compared with comes from the rules.
    const found = key === 'to' ? undefined : pathIn(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hitOf(rule: string, clauses: readonly Clause[]): Hit {
  const [first] = clauses;
  const said = [...new Set(clauses.flatMap(({ words }) => words))].join('\n');
  const why = [...new Set(clauses.map((clause) => withoutPlaces(clause.why)))].filter(Boolean).join(' ');
  const { title, remedy } = inTwo(said);
  const [, section, logicalId, ...steps] = first?.at?.split('/') ?? [];
  const path = steps[0] === 'Properties' ? pathOf(steps.slice(1)) : '';
  return {
    rule,
    message: why || title || `The rule ${rule} does not hold`,
    level: 'error',
    ...(title ? { title } : {}),
    ...(remedy ? { remedy } : {}),
    ...(section === 'Resources' && logicalId ? { logicalId } : {}),
    ...(path === '' ? {} : { path }),
  };
}

/** Control Tower's rules, and those of AWS's registry, write `[CT.EC2.PR.11]: what` and `[FIX]: how` on two lines. */
function inTwo(said: string): { readonly title: string; readonly remedy: string } {
  const text = said.replaceAll(/\s*\n\s*/g, '\n').trim();
  const [before = '', after = ''] = text.split(/\n?(?:\[FIX\]|Fix):\s*/, 2);
  const [title = ''] = before.replace(/^Violation:\s*/, '').split('\n');
  return { title: title.trim(), remedy: (after || before).trim() };
}

/** `SecurityGroupIngress[0].CidrIp` */
function pathOf(steps: readonly string[]): string {
  return steps
    .map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** Lines and columns in it are those of the JSON that it was given. */
function withoutPlaces(text: string): string {
  return text.replaceAll(/\[L:\d+,C:\d+\]/g, '').trim();
}

function textOf(value: Value | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function listAt(value: { readonly [key: string]: Value }, key: string): readonly Value[] {
  const list = value[key];
  return Array.isArray(list) ? list : [];
}
