/**
 * Draws the one kind of mermaid text that plans have: a flowchart of boxes and arrows. In: the text. Out: an SVG
 * picture, or null for anything that it does not understand, which is then shown as text.
 */
import { escapeText } from './sanitise.ts';

interface Box {
  readonly id: string;
  readonly label: string;
  readonly style: string;
}

interface Chart {
  readonly across: boolean;
  readonly boxes: readonly Box[];
  readonly arrows: readonly (readonly [string, string])[];
  readonly styles: ReadonlyMap<string, Style>;
}

type Style = Readonly<Record<string, string>>;

const id = '([A-Za-z]\\w*)';
const boxLine = new RegExp(`^${id}\\["([^"]*)"\\](?::::(\\w+))?$`);
const arrowLine = new RegExp(`^${id} *--> *${id}$`);
const styleLine = /^classDef (\w+) ([\w:#,.-]+)$/;
const mostBoxes = 300;
const mostPlaces = 2000;

/** A drawing of a flowchart, or null. */
export function drawFlowchart(text: string): string | null {
  const chart = parse(text);
  return chart && draw(chart);
}

function parse(text: string): Chart | null {
  const [first = '', ...lines] = text.split('\n').map((line) => line.trim().replace(/;$/, ''));
  const direction = /^(?:flowchart|graph) (LR|TD|TB)$/.exec(first)?.[1];
  if (!direction) return null;
  const boxes: Box[] = [];
  const arrows: [string, string][] = [];
  const styles = new Map<string, Style>();
  for (const line of lines) {
    const box = boxLine.exec(line);
    const arrow = arrowLine.exec(line);
    const style = styleLine.exec(line);
    if (box) boxes.push({ id: box[1]!, label: box[2]!, style: box[3] ?? '' });
    else if (arrow) arrows.push([arrow[1]!, arrow[2]!]);
    else if (style) styles.set(style[1]!, parseStyle(style[2]!));
    else if (line !== '') return null;
  }
  const known = new Set(boxes.map((box) => box.id));
  if (
    boxes.length === 0 ||
    boxes.length > mostBoxes ||
    arrows.some((ends) => ends.some((end) => !known.has(end)))
  ) {
    return null;
  }
  return { across: direction === 'LR', boxes, arrows, styles };
}

/** Only colours and widths: what is put into the picture's attributes can say nothing else. */
function parseStyle(text: string): Style {
  const pairs = text.split(',').flatMap((pair) => {
    const [name = '', value = ''] = pair.split(':');
    const fits = name === 'stroke-width' ? /^\d(px)?$/.test(value) : /^#[0-9a-fA-F]{3,8}$/.test(value);
    return ['fill', 'stroke', 'color', 'stroke-width'].includes(name) && fits ? [[name, value]] : [];
  });
  return Object.fromEntries(pairs);
}

/** Boxes in rows, and each arrow as the ids of what it passes: its ends, and a gap in every row between them. */
interface Layout {
  readonly rows: readonly (readonly string[])[];
  readonly routes: readonly (readonly string[])[];
}

/** Puts a box into the row after the last that leads to it, so that every arrow leads onwards. Null when it is too much. */
function layOut({ boxes, arrows }: Chart): Layout | null {
  const rank = new Map(boxes.map((box) => [box.id, 0]));
  // As many rounds as there are boxes suffice without a cycle, and end with one.
  for (let round = 0, moved = true; moved && round < boxes.length; round++) {
    moved = false;
    for (const [from, to] of arrows) {
      const wanted = rank.get(from)! + 1;
      if (rank.get(to)! >= wanted || wanted >= boxes.length) continue;
      rank.set(to, wanted);
      moved = true;
    }
  }
  const rows: string[][] = Array.from({ length: Math.max(...rank.values()) + 1 }, () => []);
  for (const box of boxes) rows[rank.get(box.id)!]!.push(box.id);
  const places = arrows.reduce((sum, [from, to]) => sum + Math.max(1, rank.get(to)! - rank.get(from)!), 0);
  if (places > mostPlaces) return null;
  const routes = arrows.map(([from, to], index) => {
    const gaps: string[] = [];
    for (let row = rank.get(from)! + 1; row < rank.get(to)!; row++) {
      // No box can be called that, because an id begins with a letter.
      gaps.push(`${index}/${row}`);
      rows[row]!.push(`${index}/${row}`);
    }
    return [from, ...gaps, to];
  });
  untangle(rows, routes);
  return { rows, routes };
}

/** Puts each box near those that it is joined to, in a few sweeps there and back, which takes out most crossings. */
function untangle(rows: readonly string[][], routes: Layout['routes']): void {
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  for (const route of routes) {
    route.slice(1).forEach((to, index) => {
      const from = route[index]!;
      before.set(to, [...(before.get(to) ?? []), from]);
      after.set(from, [...(after.get(from) ?? []), to]);
    });
  }
  const place = new Map<string, number>();
  const note = (row: readonly string[]) => {
    for (const [index, one] of row.entries()) place.set(one, (index + 0.5) / row.length);
  };
  rows.forEach(note);
  for (let sweep = 0; sweep < 8; sweep++) {
    const forth = sweep % 2 === 0;
    for (const row of forth ? rows : [...rows].reverse()) {
      const pulls = new Map(
        row.map((one) => {
          const joined = (forth ? before : after).get(one) ?? [one];
          return [one, joined.reduce((sum, other) => sum + place.get(other)!, 0) / joined.length] as const;
        }),
      );
      row.sort((one, other) => pulls.get(one)! - pulls.get(other)!);
      note(row);
    }
  }
}

const height = 34;
const letter = 7.3;
const margin = 12;

function draw(chart: Chart): string | null {
  const { across, boxes, styles } = chart;
  const layout = layOut(chart);
  if (!layout) return null;
  const { rows, routes } = layout;
  const width = Math.max(...boxes.map((box) => [...box.label].length)) * letter + 28;
  const [alongStep, asideStep] = across ? [width + 56, height + 16] : [height + 44, width + 18];
  const widest = Math.max(...rows.map((row) => row.length));
  const at = new Map<string, Point>();
  for (const [along, row] of rows.entries()) {
    for (const [index, one] of row.entries()) {
      const aside = (index + (widest - row.length) / 2) * asideStep;
      at.set(one, across ? { x: along * alongStep, y: aside } : { x: aside, y: along * alongStep });
    }
  }
  const ends = [...at.values()].reduce((end, { x, y }) => ({ x: Math.max(end.x, x), y: Math.max(end.y, y) }));
  const size = { w: Math.ceil(ends.x + width + 2 * margin), h: Math.ceil(ends.y + height + 2 * margin) };
  const lines = routes.map((route) =>
    drawRoute(
      across,
      width,
      route.map((one) => at.get(one)!),
    ),
  );
  const drawn = boxes.map((box) => drawBox(box, width, at.get(box.id)!, styles.get(box.style) ?? {}));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.w}" height="${size.h}" viewBox="${-margin} ${-margin} ${size.w} ${size.h}" font-family="ui-sans-serif,system-ui,sans-serif" font-size="13"><defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 7.5 4 0 7.5z" fill="#848d97"/></marker></defs>${lines.join('')}${drawn.join('')}</svg>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** One bent line from box to box, straight through each gap on its way. */
function drawRoute(across: boolean, width: number, places: readonly Point[]): string {
  const middle = ({ x, y }: Point) => ({ x: x + width / 2, y: y + height / 2 });
  const points = places.map(middle);
  const path = points.slice(1).map((to, index) => {
    const from = points[index]!;
    const half = across ? width / 2 : height / 2;
    const start = across ? { x: from.x + half, y: from.y } : { x: from.x, y: from.y + half };
    const end = across ? { x: to.x - half, y: to.y } : { x: to.x, y: to.y - half };
    const bend = Math.max(18, (across ? end.x - start.x : end.y - start.y) / 2);
    const curve = across
      ? `${start.x + bend} ${start.y} ${end.x - bend} ${end.y}`
      : `${start.x} ${start.y + bend} ${end.x} ${end.y - bend}`;
    return `${index === 0 ? 'M' : 'L'}${start.x} ${start.y}C${curve} ${end.x} ${end.y}`;
  });
  return `<path d="${path.join('')}" fill="none" stroke="#848d97" stroke-width="1.3" marker-end="url(#a)"/>`;
}

function drawBox(box: Box, width: number, { x, y }: Point, style: Style): string {
  const look = `fill="${style.fill ?? '#f6f8fa'}" stroke="${style.stroke ?? '#848d97'}" stroke-width="${style['stroke-width'] ?? '1.2'}"`;
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" ${look}/><text x="${x + width / 2}" y="${y + height / 2 + 4.5}" text-anchor="middle" fill="${style.color ?? '#1f2328'}">${escapeText(box.label)}</text></g>`;
}
