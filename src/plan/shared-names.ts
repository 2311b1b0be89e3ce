/**
 * Names that can be taken once and that several plans would take: one bucket name in two environments of an account.
 * Each plan is right by itself, and the apply of the second is refused.
 */
import { canonicalJson } from '../base/canonical-json.ts';
import { hasUnknown, type Properties } from '../base/value.ts';
import type { Change, Plan } from './plan.ts';
import type { PlannedType } from './planned-type.ts';

/** Where a name can be taken once. */
export type NameScope = 'region' | 'account' | 'everywhere';

/** What cannot be made beside what another plan makes or has. */
export interface SharedName {
  readonly plan: Plan;
  readonly change: Change;
  /** The property that has the name, and the name. */
  readonly property: string;
  readonly name: string;
  readonly other: { readonly plan: Plan; readonly change: Change };
}

interface Named {
  readonly plan: Plan;
  readonly change: Change;
  readonly property: string;
  readonly name: string;
}

/**
 * Every change that makes something of a name that another of the plans makes as well, before it, or has. Only of
 * names that are known now, and of which the type itself says that no two can exist at once.
 *
 * @param plans in the order in which they are applied
 */
export function sharedNames(
  plans: readonly Plan[],
  typeOf: (type: string) => PlannedType,
  scopeOf: (type: string) => NameScope,
): readonly SharedName[] {
  const groups = new Map<string, Named[]>();
  const names = new Map<string, boolean>();
  const isName = (type: string, property: string) => {
    const key = `${type} ${property}`;
    const known = names.get(key) ?? isUniqueName(typeOf(type), property);
    names.set(key, known);
    return known;
  };
  for (const plan of plans) {
    for (const change of plan.changes) {
      const own = stays(change) ? namesIn(change, isName) : undefined;
      if (!own) continue;
      const key = canonicalJson([change.type, own, placeOf(plan, scopeOf(change.type))]);
      const [[property, name]] = Object.entries(own) as [[string, string]];
      const group = groups.get(key);
      if (group) group.push({ plan, change, property, name });
      else groups.set(key, [{ plan, change, property, name }]);
    }
  }
  return [...groups.values()].flatMap((group) => clashesIn(group, typeOf));
}

function clashesIn(group: readonly Named[], typeOf: (type: string) => PlannedType): readonly SharedName[] {
  return group.flatMap((mine, index) => {
    if (!makes(mine.change)) return [];
    const other = group.find(
      (one, at) =>
        one.plan.stack !== mine.plan.stack &&
        // Of two that are both made, the first can be.
        (at < index || !makes(one.change)) &&
        collide(typeOf(mine.change.type), one, mine),
    );
    return other ? [{ ...mine, other: { plan: other.plan, change: other.change } }] : [];
  });
}

/** The values of the names that a change leaves behind it; undefined where it has none, or one is not known yet. */
function namesIn(
  { type, after = {} }: Change,
  isName: (type: string, property: string) => boolean,
): Readonly<Record<string, string>> | undefined {
  const own = Object.entries(after).filter(([property]) => /Name$/.test(property) && isName(type, property));
  const known = own.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return own.length > 0 && known.length === own.length ? Object.fromEntries(known) : undefined;
}

/** Whether this property alone decides that two cannot exist at once. */
function isUniqueName({ order }: PlannedType, property: string): boolean {
  const of = (before: string, after: string) => order({ [property]: before }, { [property]: after });
  return of('a', 'a') === 'delete-before-create' && of('a', 'b') === 'create-before-delete';
}

/** What is not known is not taken to be the same in two stacks: the VPC of a group's name. */
function collide({ order }: PlannedType, one: Named, other: Named): boolean {
  return order(knownOf(one), knownOf(other)) === 'delete-before-create';
}

function knownOf({ plan, change }: Named): Properties {
  const after = Object.entries(change.after ?? {});
  return Object.fromEntries(
    after.map(([name, value]) => [name, hasUnknown(value) ? `not known yet in ${plan.stack}` : value]),
  );
}

function makes({ action }: Change): boolean {
  return action === 'create' || action === 'replace';
}

/** Whether it is there after the apply. */
function stays({ action }: Change): boolean {
  return action !== 'delete' && action !== 'forget';
}

function placeOf({ account, region }: Plan, scope: NameScope): readonly string[] {
  return scope === 'everywhere' ? [] : scope === 'account' ? [account] : [account, region];
}
