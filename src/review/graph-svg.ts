import { oneLine } from './escape.ts';
import { layOut, type PlacedNode, type Segment } from './graph-layout.ts';
import { actionLooks, type Look } from './graph-looks.ts';
import { type Graph, type GraphNode, shownActions } from './graph-model.ts';
import { actionWords } from './words.ts';

const box = 44;
const gap = 14;
const bend = 12;
/** Between two columns: where the lines bend. */
const aisle = 64;
const margin = 24;
const legendHeight = 40;
/** What a letter of the bold name and of the smaller type takes at the most; a picture cannot measure its fonts. */
const letters = { name: 8, type: 6.4 };
const plain: Look = actionLooks.none;

interface Box {
  readonly node: GraphNode;
  readonly name: string;
  readonly type: string;
}

/** The graph as a picture of its own: boxes from left to right, coloured by what a plan does, with a legend. */
export function renderSvg(graph: Graph): string {
  const { columns, nodes, segments, height } = layOut(graph, { box, gap, bend });
  const boxes = new Map(graph.nodes.map((node) => [node.id, boxOf(node)]));
  const widths = new Array<number>(columns).fill(bend);
  for (const { id, column } of nodes) widths[column] = Math.max(widths[column]!, widthOf(boxes.get(id)!));
  const lefts: number[] = [];
  let x = margin;
  for (const width of widths) {
    lefts.push(x);
    x += width + aisle;
  }
  const actions = shownActions(graph);
  const legend = actions.length > 0 ? drawLegend(graph, actions) : { text: '', width: 0 };
  const top = margin + (actions.length > 0 ? legendHeight : 0);
  const place: Place = {
    left: (column) => lefts[column] ?? margin,
    width: (column) => widths[column] ?? 0,
    middle: (node) => top + node.y,
  };
  const width = Math.ceil(Math.max(columns === 0 ? 2 * margin : x - aisle + margin, legend.width));
  const total = Math.ceil(top + height + margin);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" font-family="ui-sans-serif, system-ui, sans-serif">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 7.5 4 0 7.5z" fill="#848d97"/></marker></defs>',
    `<rect width="${width}" height="${total}" fill="#ffffff"/>`,
    legend.text,
    '<g fill="none" stroke="#848d97" stroke-width="1.2">',
    ...segments.map((segment) => drawSegment(segment, place)),
    '</g>',
    ...nodes.map((node) => drawBox(boxes.get(node.id)!, node, place)),
    '</svg>\n',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

interface Place {
  left(column: number): number;
  width(column: number): number;
  middle(node: PlacedNode): number;
}

function boxOf(node: GraphNode): Box {
  return { node, name: oneLine(node.id, 40), type: oneLine(node.type.replace(/^AWS::/, ''), 44) };
}

function widthOf({ name, type }: Box): number {
  return Math.ceil(Math.max(name.length * letters.name, type.length * letters.type)) + 24;
}

/** A line from the right edge of a column to the left edge of the next, and straight through where it only passes. */
function drawSegment({ from, to, starts, ends }: Segment, place: Place): string {
  const [x1, y1] = [place.left(from.column) + place.width(from.column), place.middle(from)];
  const [x2, y2] = [place.left(to.column), place.middle(to)];
  const begin = starts
    ? `M${round(x1)} ${round(y1)}`
    : `M${round(place.left(from.column))} ${round(y1)}H${round(x1)}`;
  const half = (x2 - x1) / 2;
  const curve =
    Math.abs(y2 - y1) < 0.5
      ? `L${round(x2)} ${round(y2)}`
      : `C${round(x1 + half)} ${round(y1)} ${round(x2 - half)} ${round(y2)} ${round(x2)} ${round(y2)}`;
  return `<path d="${begin}${curve}"${ends ? ' marker-end="url(#arrow)"' : ''}/>`;
}

function drawBox({ node, name, type }: Box, at: PlacedNode, place: Place): string {
  const look = node.action ? actionLooks[node.action] : plain;
  const [x, y] = [place.left(at.column), place.middle(at) - box / 2];
  const width = place.width(at.column);
  const dash = look.dashed || node.conditional ? ' stroke-dasharray="5 3"' : '';
  const middle = round(x + width / 2);
  return [
    `<g><title>${xml(oneLine(`${node.id} (${node.type})${saying(node)}`, 400))}</title>`,
    `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${box}" rx="6" fill="${look.fill}" stroke="${look.stroke}" stroke-width="${look.strokeWidth ?? 1.2}"${dash}/>`,
    `<text x="${middle}" y="${round(y + 19)}" text-anchor="middle" font-size="13" font-weight="600" fill="${look.color}">${xml(name)}</text>`,
    `<text x="${middle}" y="${round(y + 34)}" text-anchor="middle" font-size="11" fill="${look.color}">${xml(type)}</text></g>`,
  ].join('');
}

function saying({ action, conditional }: GraphNode): string {
  if (action !== undefined) return `: ${actionWords[action].verb}`;
  return conditional ? ': where its condition holds' : '';
}

function drawLegend(graph: Graph, actions: readonly (keyof typeof actionLooks)[]) {
  let x = margin;
  const items = actions.map((action) => {
    const n = graph.nodes.filter((node) => node.action === action).length;
    const { fill, stroke, strokeWidth, dashed } = actionLooks[action];
    const text = `${n} to ${actionWords[action].verb}`;
    const drawn = `<rect x="${x}" y="${margin}" width="16" height="16" rx="4" fill="${fill}" stroke="${stroke}" stroke-width="${strokeWidth ?? 1.2}"${dashed ? ' stroke-dasharray="5 3"' : ''}/><text x="${x + 24}" y="${margin + 13}" font-size="13" fill="#1f2328">${text}</text>`;
    x += 24 + Math.ceil(text.length * letters.name) + 20;
    return drawn;
  });
  return { text: items.join('\n'), width: x + margin };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Text of an element. What XML has no characters for is nowhere in it: `oneLine` has spelled out most of those. */
function xml(text: string): string {
  return text
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
