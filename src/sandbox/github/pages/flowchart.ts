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

/** Rows of boxes, so that every arrow leads to a later one: a box stands one after the last that leads to it. */
function ranksOf({ boxes, arrows }: Chart): Box[][] {
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
  const rows: Box[][] = [];
  for (const box of boxes) {
    const row = rank.get(box.id)!;
    rows[row] ??= [];
    rows[row].push(box);
  }
  return untangle(rows.filter(Boolean), arrows);
}

/** Puts each box near those that it is joined to, in a few sweeps there and back, which takes out most crossings. */
function untangle(rows: Box[][], arrows: Chart['arrows']): Box[][] {
  const place = new Map(
    rows.flatMap((row) => row.map((box, index) => [box.id, index / row.length] as const)),
  );
  for (let sweep = 0; sweep < 6; sweep++) {
    const forth = sweep % 2 === 0;
    for (const row of forth ? rows : [...rows].reverse()) {
      const pull = (box: Box) => {
        const joined = arrows.flatMap(([from, to]) =>
          to === box.id && forth ? [from] : from === box.id && !forth ? [to] : [],
        );
        if (joined.length === 0) return place.get(box.id)!;
        return joined.reduce((sum, other) => sum + place.get(other)!, 0) / joined.length;
      };
      const pulls = new Map(row.map((box) => [box.id, pull(box)]));
      row.sort((one, other) => pulls.get(one.id)! - pulls.get(other.id)!);
      row.forEach((box, index) => {
        place.set(box.id, (index + 0.5) / row.length);
      });
    }
  }
  return rows;
}

const height = 34;
const letter = 7.3;
const margin = 12;

function draw(chart: Chart): string {
  const rows = ranksOf(chart);
  const width = Math.max(...chart.boxes.map((box) => [...box.label].length)) * letter + 28;
  const [alongStep, asideStep] = chart.across ? [width + 56, height + 16] : [height + 44, width + 18];
  const widest = Math.max(...rows.map((row) => row.length));
  const at = new Map<string, { readonly x: number; readonly y: number }>();
  rows.forEach((row, along) => {
    row.forEach((box, index) => {
      const aside = (index + (widest - row.length) / 2) * asideStep;
      at.set(box.id, chart.across ? { x: along * alongStep, y: aside } : { x: aside, y: along * alongStep });
    });
  });
  const total = chart.across
    ? [rows.length * alongStep - 56, widest * asideStep - 16]
    : [widest * asideStep - 18, rows.length * alongStep - 44];
  const [w, h] = total.map((size) => Math.ceil(size! + 2 * margin)) as [number, number];
  const lines = chart.arrows.map(([from, to]) => arrow(chart.across, width, at.get(from)!, at.get(to)!));
  const boxes = chart.boxes.map((box) =>
    drawBox(box, width, at.get(box.id)!, chart.styles.get(box.style) ?? {}),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="${-margin} ${-margin} ${w} ${h}" font-family="ui-sans-serif,system-ui,sans-serif" font-size="13"><defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 7.5 4 0 7.5z" fill="#848d97"/></marker></defs>${lines.join('')}${boxes.join('')}</svg>`;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function arrow(across: boolean, width: number, from: Point, to: Point): string {
  const start = across
    ? { x: from.x + width, y: from.y + height / 2 }
    : { x: from.x + width / 2, y: from.y + height };
  const end = across ? { x: to.x, y: to.y + height / 2 } : { x: to.x + width / 2, y: to.y };
  const bend = across ? Math.max(24, (end.x - start.x) / 2) : Math.max(18, (end.y - start.y) / 2);
  const [one, other] = across
    ? [`${start.x + bend} ${start.y}`, `${end.x - bend} ${end.y}`]
    : [`${start.x} ${start.y + bend}`, `${end.x} ${end.y - bend}`];
  return `<path d="M${start.x} ${start.y}C${one} ${other} ${end.x} ${end.y}" fill="none" stroke="#848d97" stroke-width="1.3" marker-end="url(#a)"/>`;
}

function drawBox(box: Box, width: number, { x, y }: Point, style: Style): string {
  const look = `fill="${style.fill ?? '#f6f8fa'}" stroke="${style.stroke ?? '#848d97'}" stroke-width="${style['stroke-width'] ?? '1.2'}"`;
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" ${look}/><text x="${x + width / 2}" y="${y + height / 2 + 4.5}" text-anchor="middle" fill="${style.color ?? '#1f2328'}">${escapeText(box.label)}</text></g>`;
}
