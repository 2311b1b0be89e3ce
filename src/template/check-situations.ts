/** Rules that hold only where a property has a certain value: a rule for `tcp` needs ports, a volume of type `io2` IOPS. */
import { type Checking, fail } from './checking.ts';
import { isNoValue } from './intrinsics.ts';
import type { MapNode, TemplateNode } from './template.ts';
import type { SituationRule } from './type-schema.ts';

/** What a map is known to have, and what it may have once conditions are decided. */
interface Members {
  readonly map: MapNode;
  /** What has the properties: a type, or a property's name. */
  readonly owner: string;
  readonly isGiven: (name: string) => boolean;
  readonly isPerhapsGiven: (name: string) => boolean;
  /** Reports that something is not there. */
  readonly missing: (summary: string, remedy: string) => void;
}

/** Reports what the situation forbids or asks for. Values that only parameters or conditions tell decide nothing. */
export function checkSituation(rule: SituationRule, members: Members, checking: Checking): void {
  const situation = situationOf(rule, members);
  if (situation === undefined) return;
  const { map, owner, isGiven, isPerhapsGiven, missing } = members;
  const { needs = [], excludes = [], either, limits = {}, ascending } = rule;

  const lacking = needs.filter((name) => !isPerhapsGiven(name)).join(' and ');
  if (lacking !== '') missing(`${owner} needs ${lacking}${situation}`, `Add ${lacking}`);
  if (either && !either.some((set) => set.every(isPerhapsGiven))) {
    missing(
      `${owner} needs ${either.map((set) => set.join(' and ')).join(', or ')}${situation}`,
      'Add what is missing',
    );
  }
  for (const name of excludes) {
    if (!isGiven(name)) continue;
    const summary = `${owner} cannot have ${name}${situation}`;
    fail(
      checking,
      'template-exclusive-properties',
      map.entries.get(name)!.keyWhere,
      summary,
      `Remove ${name}`,
    );
  }
  for (const [name, bounds] of Object.entries(limits)) {
    const value = map.entries.get(name)?.value;
    const [wanted, given] = (value && outOf(bounds, value)) ?? [];
    if (wanted === undefined) continue;
    const summary = `${name} must ${wanted}${situation}, ${given}`;
    fail(checking, 'template-property-value', value!.where, summary);
  }
  if (ascending) checkAscending(ascending, map, checking);
}

/** The situation in words; empty for what always holds, undefined where the map is in another. */
function situationOf({ where }: SituationRule, { map }: Members): string | undefined {
  const words: string[] = [];
  for (const [name, values] of Object.entries(where)) {
    const value = map.entries.get(name)?.value;
    if (!value || isNoValue(value)) {
      if (!values.includes(null)) return undefined;
      continue;
    }
    if (value.kind !== 'scalar') return undefined;
    const text = String(value.value);
    if (!values.some((one) => one?.toLowerCase() === text.toLowerCase())) return undefined;
    words.push(`${name} ${text}`);
  }
  return words.length === 0 ? '' : ` where it has ${words.join(' and ')}`;
}

function outOf(
  { minimum, maximum, minLength }: NonNullable<SituationRule['limits']>[string],
  value: TemplateNode,
): readonly [wanted: string, given: string] | undefined {
  if (value.kind === 'list') {
    // A list that is joined from others has more items than functions.
    const isCountable = value.items.every((item) => item.kind !== 'intrinsic' || item.name !== 'Fn::If');
    if (minLength === undefined || !isCountable || value.items.length >= minLength) return undefined;
    return [`have at least ${minLength} items`, `and has ${value.items.length}`];
  }
  const number = numberIn(value);
  if (number === undefined) return undefined;
  if (minimum !== undefined && number < minimum) return [`be at least ${minimum}`, `not ${number}`];
  if (maximum !== undefined && number > maximum) return [`be at most ${maximum}`, `not ${number}`];
  return undefined;
}

function checkAscending(names: readonly string[], map: MapNode, checking: Checking): void {
  let before: { readonly name: string; readonly number: number } | undefined;
  for (const name of names) {
    const value = map.entries.get(name)?.value;
    const number = value && numberIn(value);
    if (number === undefined) continue;
    if (before && number < before.number) {
      const summary = `${name} (${number}) is less than ${before.name} (${before.number})`;
      fail(checking, 'template-property-value', value!.where, summary, 'Raise it, or lower the other');
    } else before = { name, number };
  }
}

function numberIn(node: TemplateNode): number | undefined {
  if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') return undefined;
  const text = String(node.value).trim();
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
