import { oneLine } from './escape.ts';
import { actionLooks } from './graph-looks.ts';
import type { Graph, GraphNode } from './graph-model.ts';
import { actionWords } from './words.ts';

/** The graph in the language of Graphviz (https://graphviz.org/doc/info/lang.html). */
export function renderDot(graph: Graph): string {
  const names = new Map(graph.nodes.map((node, i) => [node.id, `n${i}`]));
  const lines = [
    'digraph stack {',
    '  rankdir=LR',
    '  node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#59636e", fontname="sans-serif"]',
    '  edge [color="#848d97"]',
    ...graph.nodes.map((node) => `  ${names.get(node.id)} [${attributesOf(node).join(', ')}]`),
    ...graph.edges.map(({ from, to }) => `  ${names.get(from)} -> ${names.get(to)}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function attributesOf({ id, type, action, conditional }: GraphNode): string[] {
  const mark = action === undefined || action === 'none' ? '' : ` (${actionWords[action].verb})`;
  // The one line feed of the label is ours; whatever the name holds has been taken off its meaning.
  const attributes = [`label="${quoted(id)}${mark}\\n${quoted(type)}"`];
  const look = action && actionLooks[action];
  if (look) {
    attributes.push(`fillcolor="${look.fill}"`, `color="${look.stroke}"`, `fontcolor="${look.color}"`);
    if (look.strokeWidth !== undefined) attributes.push(`penwidth=${look.strokeWidth}`);
  }
  if (conditional || look?.dashed) attributes.push('style="rounded,filled,dashed"');
  return attributes;
}

/** Inside double quotes only these two mean anything; a backslash also begins `\N`, `\G` and their like. */
function quoted(text: string): string {
  return oneLine(text, 128).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
