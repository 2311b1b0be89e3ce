import { canonicalJson } from '../base/canonical-json.ts';
import type { Change, Plan } from '../plan/plan.ts';
import { codeSpan } from './escape.ts';
import { actionWords, count } from './words.ts';

/** How a plan differs from the one before it, resource by resource, as a Markdown list. Empty when it does not. */
export function comparePlans(previous: Plan, current: Plan, max: number): string {
  if (previous.digest === current.digest) return '';
  const before = new Map(previous.changes.map((c) => [c.logicalId, c]));
  const after = new Map(current.changes.map((c) => [c.logicalId, c]));
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const items = ids.flatMap((id) => {
    const words = difference(before.get(id), after.get(id));
    return words === undefined ? [] : [`- ${codeSpan(id)}: ${words}`];
  });
  if (previous.movedFrom !== current.movedFrom || (current.movedFrom && previous.file !== current.file))
    items.unshift(moveItem(current));
  if (canonicalJson(previous.handOvers ?? []) !== canonicalJson(current.handOvers ?? []))
    items.push('- which outputs are handed over, or where they go');
  if (items.length === 0) return '- only outputs, or what earlier replacements left';
  const hidden = items.length - max;
  return [...items.slice(0, max), ...(hidden > 0 ? [`- … and ${count(hidden, 'more resource')}`] : [])].join(
    '\n',
  );
}

function moveItem({ movedFrom, file }: Plan): string {
  return movedFrom === undefined
    ? '- the template is not moved any more'
    : `- the template is moved from ${codeSpan(movedFrom, 120)} to ${codeSpan(file, 120)}`;
}

function difference(before: Change | undefined, after: Change | undefined): string | undefined {
  const was = before?.action ?? 'none';
  const is = after?.action ?? 'none';
  if (was !== is) {
    if (is === 'none') return `no longer to ${actionWords[was].verb}`;
    return was === 'none'
      ? `now to **${actionWords[is].verb}**`
      : `was to ${actionWords[was].verb}, now to **${actionWords[is].verb}**`;
  }
  if (is === 'none' || substance(before) === substance(after)) return undefined;
  return `still to ${actionWords[is].verb}, with other values`;
}

// What a digest is over: lines and places in the template may move.
function substance(change: Change | undefined): string {
  if (!change) return '';
  return canonicalJson([
    change.physicalId,
    change.movedFrom,
    change.before,
    change.after,
    change.replaceBecause,
  ]);
}
