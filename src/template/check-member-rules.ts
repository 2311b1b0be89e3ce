/** Whether the properties of one map go together. */
import { checkSituation } from './check-situations.ts';
import { type Checking, fail } from './checking.ts';
import { isNoValue } from './intrinsics.ts';
import { quote } from './problem.ts';
import type { MapNode, TemplateNode } from './template.ts';
import type { DefinitionSchema } from './type-schema.ts';

/**
 * Reports properties that exclude one another and those that miss another. What a condition may remove is given the
 * benefit of the doubt both ways: only the resolved values would tell.
 *
 * @param owner what has the properties: a type, or a property's name
 */
export function checkMemberRules(
  map: MapNode,
  rules: DefinitionSchema,
  owner: string,
  checking: Checking,
): void {
  const { exactlyOne, either, excludes, needs, when } = rules;
  // Most types have no such rules, and a template may have ten thousand resources.
  if (!exactlyOne && !either && !excludes && !needs && !when) return;
  const given = new Set([...map.entries.keys()].filter((name) => isGiven(name, map)));
  const perhaps = new Set([...map.entries.keys()].filter((name) => !isNoValue(map.entries.get(name)!.value)));
  // What is missing may be there under a wrong name, which is said of it already.
  const isMisspelt = [...map.entries.keys()].some((name) => !Object.hasOwn(rules.properties, name));
  const missing = (summary: string, remedy: string) => {
    if (!isMisspelt) fail(checking, 'template-missing-property', map.where, summary, remedy);
  };

  if (exactlyOne) {
    const [first, second] = exactlyOne.filter((name) => given.has(name));
    if (first !== undefined && second !== undefined) exclusive(map, first, second, owner, checking);
    else if (!exactlyOne.some((name) => perhaps.has(name)))
      missing(`${owner} needs one of ${exactlyOne.join(', ')}`, 'Add one of them');
  }
  for (const [name, others] of Object.entries(excludes ?? {})) {
    const other = given.has(name) ? others.find((one) => given.has(one)) : undefined;
    // Where both exclude one another, it is said once.
    if (other !== undefined && !(excludes?.[other]?.includes(name) && other < name))
      exclusive(map, name, other, owner, checking);
  }
  for (const [name, others] of Object.entries(needs ?? {})) {
    for (const other of given.has(name) ? others.filter((one) => !perhaps.has(one)) : [])
      missing(
        `${owner} needs the property ${quote(other)} beside ${name}`,
        `Add ${other}, or remove ${name}`,
      );
  }
  if (either && !either.some((set) => set.every((name) => perhaps.has(name)))) {
    const sets = either.map((set) => set.join(' and '));
    missing(`${owner} needs ${sets.join(', or ')}`, 'Add what is missing');
  }
  const members = {
    map,
    owner,
    isGiven: (name: string) => given.has(name),
    isPerhapsGiven: (name: string) => perhaps.has(name),
    missing,
  };
  for (const rule of when ?? []) checkSituation(rule, members, checking);
}

/** Stands at the one that comes later in the text. */
function exclusive(map: MapNode, one: string, another: string, owner: string, checking: Checking): void {
  const names = [...map.entries.keys()];
  const [first, second] = names.indexOf(one) < names.indexOf(another) ? [one, another] : [another, one];
  fail(
    checking,
    'template-exclusive-properties',
    map.entries.get(second)!.keyWhere,
    `${owner} cannot have both ${first} and ${second}`,
    'Remove one of them',
  );
}

function isGiven(name: string, map: MapNode): boolean {
  return !mayBeRemoved(map.entries.get(name)!.value);
}

function mayBeRemoved(node: TemplateNode): boolean {
  if (isNoValue(node)) return true;
  const { kind } = node;
  if (kind !== 'intrinsic' || node.name !== 'Fn::If' || node.argument.kind !== 'list') return false;
  return node.argument.items.slice(1).some(mayBeRemoved);
}
