import { mermaidLabel } from './escape.ts';
import { actionLooks, mermaidLook } from './graph-looks.ts';
import { type Graph, shownActions } from './graph-model.ts';
import { actionWords } from './words.ts';

/** Beyond it mermaid draws nothing, and no directive in the text may raise it (its `maxEdges`). */
export const mostMermaidEdges = 500;

/** The graph as a mermaid flowchart, from what is needed to what needs it. */
export function renderMermaid(graph: Graph): string {
  const names = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const shown = shownActions(graph).filter((action) => action !== 'none');
  const lines = [
    'flowchart LR',
    ...graph.nodes.map(({ id, type, action, conditional }) => {
      const mark = action === undefined || action === 'none' ? '' : ` (${actionWords[action].verb})`;
      const label = `${mermaidLabel(id, 128)}${mark}<br/><small>${mermaidLabel(type, 128)}</small>`;
      const look = mark === '' ? (conditional ? ':::conditional' : '') : `:::${action}`;
      return `  ${names.get(id)}["${label}"]${look}`;
    }),
    ...graph.edges.map(({ from, to }) => `  ${names.get(from)} --> ${names.get(to)}`),
    ...shown.map((action) => `  classDef ${action} ${mermaidLook(actionLooks[action])}`),
    ...(graph.nodes.some((n) => n.conditional) ? ['  classDef conditional stroke-dasharray:4'] : []),
  ];
  return `${lines.join('\n')}\n`;
}
