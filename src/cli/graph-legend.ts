import type { Action } from '../plan/plan.ts';
import { renderDot } from '../review/graph-dot.ts';
import { renderMermaid } from '../review/graph-mermaid.ts';
import { type Graph, shownActions } from '../review/graph-model.ts';
import { actionWords } from '../review/words.ts';

/**
 * What a picture's colours mean, in words, for who draws it elsewhere than beside a plan. The words are of
 * `actionLooks`.
 */
const lookWords: Readonly<Record<Action, string>> = {
  delete: 'red',
  replace: 'red with a thick border',
  update: 'yellow',
  create: 'green',
  import: 'blue',
  forget: 'grey and dashed',
  none: 'white',
};

/** `green: create`, one for each look that the graph has; none without a plan. */
function legendOf(graph: Graph): string[] {
  const actions = shownActions(graph).map((action) => `${lookWords[action]}: ${actionWords[action].verb}`);
  return [...actions, ...(graph.nodes.some((n) => n.conditional) ? ['dashed: has a condition'] : [])];
}

/** The graph as mermaid, with a box of its own that says what the colours mean. */
export function drawMermaid(graph: Graph): string {
  const legend = legendOf(graph);
  if (legend.length === 0) return renderMermaid(graph);
  return `${renderMermaid(graph)}  legend["${legend.join('<br/>')}"]\n`;
}

/** The graph as DOT, with a line below it that says what the colours mean. */
export function drawDot(graph: Graph): string {
  const legend = legendOf(graph);
  if (legend.length === 0) return renderDot(graph);
  return renderDot(graph).replace(/\}\n$/, `  label="${legend.join('  ·  ')}"\n}\n`);
}
