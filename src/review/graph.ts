import { type Action, actions, type Plan } from '../plan/plan.ts';
import { fence, mermaidLabel } from './escape.ts';
import { actionLooks, mermaidLook } from './graph-looks.ts';
import { actionWords } from './words.ts';

const maxNodes = 24;

/** What depends on what, among what changes and its neighbours; undefined where it would be no picture. */
export function dependencyGraph(plan: Plan): string | undefined {
  const byId = new Map(plan.changes.map((c) => [c.logicalId, c]));
  const edges = plan.changes.flatMap((c) =>
    c.dependsOn.filter((d) => byId.has(d)).map((d) => [c, d] as const),
  );
  const shown = edges.filter(([c, d]) => c.action !== 'none' || byId.get(d)?.action !== 'none');
  const nodes = [...new Set(shown.flatMap(([c, d]) => [c.logicalId, d]))].sort();
  if (nodes.length < 3 || nodes.length > maxNodes || shown.length > 2 * maxNodes) return undefined;
  const nameOf = new Map(nodes.map((id, i) => [id, `n${i}`]));
  const actionOf = (id: string): Action => byId.get(id)?.action ?? 'none';
  const present = actions.filter((a) => a !== 'none' && nodes.some((id) => actionOf(id) === a));
  return fence('mermaid', [
    'flowchart LR',
    ...nodes.map((id) => {
      const action = actionOf(id);
      const mark = action === 'none' ? '' : ` (${actionWords[action].verb})`;
      return `  ${nameOf.get(id)}["${mermaidLabel(id)}${mark}"]${action === 'none' ? '' : `:::${action}`}`;
    }),
    ...shown.map(([c, d]) => `  ${nameOf.get(d)} --> ${nameOf.get(c.logicalId)}`),
    // `update` and its like are no words of mermaid's own; `default` would be.
    ...present.map((a) => `  classDef ${a} ${mermaidLook(actionLooks[a])}`),
  ]);
}
