import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDot } from '../../src/review/graph-dot.ts';
import { layOut } from '../../src/review/graph-layout.ts';
import { renderMermaid } from '../../src/review/graph-mermaid.ts';
import { type DrawnChange, type Graph, graphOf } from '../../src/review/graph-model.ts';
import { renderSvg } from '../../src/review/graph-svg.ts';
import { dependenciesOf } from '../../src/template/dependencies.ts';
import { parseTemplate } from '../../src/template/parse.ts';
import { threadTime } from '../thread-time.ts';

const text = `
Conditions: { Big: !Equals [!Ref AWS::Region, eu-west-1] }
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { VpcId: !Ref Vpc, CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]] }
  Extra:
    Type: AWS::EC2::Subnet
    Condition: Big
    DependsOn: Subnet
    Properties: { VpcId: !Sub '\${Vpc}', CidrBlock: 10.0.9.0/24 }
  Bucket: { Type: AWS::S3::Bucket }
`;

function drawn(changes?: readonly DrawnChange[]): Graph {
  const { template } = parseTemplate(text, 'infra/shop.yaml');
  return graphOf({ resources: template!.resources, dependencies: dependenciesOf(template!) }, changes);
}

const change = (logicalId: string, action: DrawnChange['action'], dependsOn: string[] = []): DrawnChange => ({
  logicalId,
  type: 'AWS::EC2::Subnet',
  action,
  dependsOn,
});

/** The same graph as it comes from a template. */
function asTemplate({ nodes, edges }: Graph) {
  const needs = Map.groupBy(edges, (e) => e.to);
  return {
    resources: new Map(nodes.map((n) => [n.id, n])),
    dependencies: new Map(nodes.map((n) => [n.id, (needs.get(n.id) ?? []).map((e) => e.from)])),
  };
}

const sizes = { box: 44, gap: 14, bend: 12 };

describe('the graph of a template', () => {
  test('has references of every kind and DependsOn as edges, and marks what has a condition', () => {
    const { nodes, edges } = drawn();
    expect(edges).toEqual([
      { from: 'Subnet', to: 'Extra' },
      { from: 'Vpc', to: 'Extra' },
      { from: 'Vpc', to: 'Subnet' },
    ]);
    expect(nodes.map((n) => n.id)).toEqual(['Bucket', 'Extra', 'Subnet', 'Vpc']);
    expect(nodes.filter((n) => n.conditional).map((n) => n.id)).toEqual(['Extra']);
  });

  test('with a plan has what goes away, and the edges that only the plan knows of', () => {
    const { nodes, edges } = drawn([
      change('Vpc', 'none'),
      change('Subnet', 'replace', ['Vpc']),
      change('Old', 'delete', ['Vpc', 'NotThere']),
      change('Bucket', 'create', ['Subnet']),
    ]);
    expect(nodes.map((n) => [n.id, n.action, n.conditional])).toEqual([
      ['Bucket', 'create', undefined],
      ['Extra', undefined, true],
      ['Old', 'delete', undefined],
      ['Subnet', 'replace', undefined],
      ['Vpc', 'none', undefined],
    ]);
    expect(edges).toContainEqual({ from: 'Subnet', to: 'Bucket' });
    expect(edges).toContainEqual({ from: 'Vpc', to: 'Old' });
    expect(edges.some((e) => e.from === 'NotThere')).toBe(false);
  });

  test.each([
    ['mermaid', renderMermaid],
    ['dot', renderDot],
    ['svg', renderSvg],
  ])('%s is as it was read and found good', async (name, render) => {
    const planned = [change('Vpc', 'update'), change('Subnet', 'replace', ['Vpc']), change('Old', 'delete')];
    await expect(render(drawn(planned))).toMatchFileSnapshot(`golden/graph.${name}`);
  });
});

describe('hostile names', () => {
  // What the texts have of their own, with every name taken out, must be the same whatever the names are.
  const names = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '"]; click n0 "javascript:alert(1)"; n9["',
        '"] n1 [label="x',
        '\\" -> \\N \\',
        '</text><script>alert(1)</script>',
        ']]><!-- &lt; --><!DOCTYPE x',
        '\u202e\0\u{1f600}\ud800\ufffe',
        'end\nclassDef default fill:#000\nsubgraph x',
        '<img src=x onerror=alert(1)>',
      ),
    ),
    { minLength: 2, maxLength: 5 },
  );
  const hostile = (ids: readonly string[]): Graph => {
    const unique = [...new Set(ids)];
    return graphOf(
      { resources: new Map(), dependencies: new Map() },
      unique.map((id, i) => ({ logicalId: id, type: id, action: 'create', dependsOn: unique.slice(0, i) })),
    );
  };

  test('in mermaid make a box of one line each, and no statement', () => {
    fc.assert(
      fc.property(names, (ids) => {
        for (const line of renderMermaid(hostile(ids)).trimEnd().split('\n')) {
          expect(line).toMatch(
            /^(flowchart LR| {2}n\d+\["[\w .:/·-]* \(create\)<br\/><small>[\w .:/·…-]*<\/small>"\]:::create| {2}n\d+ --> n\d+| {2}classDef create [\w:#,]+)$/,
          );
        }
      }),
    );
  });

  test('in DOT stay inside of their quotes', () => {
    fc.assert(
      fc.property(names, (ids) => {
        for (const line of renderDot(hostile(ids)).split('\n')) {
          const bare = line.replace(/"(?:[^"\\]|\\["\\n])*"/g, '""');
          expect(bare).toMatch(
            /^(digraph stack \{| {2}rankdir=LR| {2}(?:node|edge) \[[\w=", ]+\]| {2}n\d+ \[[\w=", ]+\]| {2}n\d+ -> n\d+|\}|)$/,
          );
        }
      }),
    );
  });

  test('in SVG are text, and the picture is whole', () => {
    fc.assert(
      fc.property(names, (ids) => {
        const svg = renderSvg(hostile(ids));
        const open: string[] = [];
        for (const [, end, tag, self] of svg.matchAll(/<(\/?)([^\s>/]+)[^<>]*?(\/?)>/g)) {
          expect(['svg', 'defs', 'marker', 'path', 'rect', 'g', 'title', 'text']).toContain(tag);
          if (end) expect(open.pop()).toBe(tag);
          else if (!self) open.push(tag!);
        }
        expect(open).toEqual([]);
        expect(svg.match(/</g)).toHaveLength(svg.match(/>/g)!.length);
        expect(svg).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
        // What XML 1.0 allows as a character, and nothing else.
        expect(svg).toMatch(/^[\t\n\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
        expect(svg).not.toMatch(/<[^>]*(\son\w+=|href)/);
      }),
    );
  });
});

describe('the layout', () => {
  const graphs = fc
    .array(fc.array(fc.nat(40), { maxLength: 4 }), { minLength: 1, maxLength: 40 })
    .map((needs) => ({
      nodes: needs.map((_, i) => ({ id: `R${i}`, type: 'T' })),
      edges: needs.flatMap((others, i) =>
        [...new Set(others)]
          .filter((other) => other < i)
          .map((other) => ({ from: `R${other}`, to: `R${i}` })),
      ),
    }));

  test('puts each box right of all that it needs, none over another, and joins every edge from end to end', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { nodes, segments, columns, height } = layOut(graph, sizes);
        const at = new Map(nodes.map((n) => [n.id, n]));
        for (const { from, to } of graph.edges) expect(at.get(from)!.column).toBeLessThan(at.get(to)!.column);
        for (const [, column] of Map.groupBy(nodes, (n) => n.column)) {
          const sorted = column.map((n) => n.y).sort((a, b) => a - b);
          for (const [i, y] of sorted.entries()) {
            if (i > 0) expect(y - sorted[i - 1]!).toBeGreaterThanOrEqual(sizes.box + sizes.gap - 0.001);
          }
        }
        for (const { column, y } of nodes) {
          expect(column).toBeLessThan(columns);
          expect(y - sizes.box / 2).toBeGreaterThanOrEqual(0);
          expect(y + sizes.box / 2).toBeLessThanOrEqual(height);
        }
        const nexts = Map.groupBy(segments, (s) => s.from.id);
        const reached = (from: string): string[] =>
          (nexts.get(from) ?? []).flatMap((s) => (s.ends ? [s.to.id] : reached(s.to.id)));
        for (const { id } of graph.nodes) {
          const wanted = graph.edges.filter((e) => e.from === id).map((e) => e.to);
          expect(reached(id).sort()).toEqual(wanted.sort());
        }
      }),
    );
  });

  test('is the same whatever the order in which the template has them', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const shuffled = { nodes: [...graph.nodes].reverse(), edges: [...graph.edges].reverse() };
        const drawn = (g: Graph) => renderSvg(graphOf(asTemplate(g)));
        expect(drawn(shuffled)).toBe(drawn(graph));
      }),
      { numRuns: 20 },
    );
  });

  test('draws an empty stack, and one with a circle, which no checked template has', () => {
    expect(renderSvg({ nodes: [], edges: [] })).toContain('</svg>');
    const nodes = ['A', 'B'].map((id) => ({ id, type: 'T' }));
    const edges = [
      { from: 'A', to: 'B' },
      { from: 'B', to: 'A' },
    ];
    expect(renderSvg({ nodes, edges })).toContain('>A<');
  });

  const stars = (n: number): Graph => ({
    nodes: Array.from({ length: n }, (_, i) => ({ id: `Resource${i}`, type: 'AWS::EC2::Subnet' })),
    edges: Array.from({ length: n }, (_, i) => i)
      .slice(1)
      .flatMap((i) =>
        [...new Set([0, i >> 1, i >> 3, i - 1 - (i % 7)])]
          .filter((other) => other >= 0 && other < i)
          .map((other) => ({ from: `Resource${other}`, to: `Resource${i}` })),
      ),
  });
  const chain = (n: number): Graph => ({
    ...stars(n),
    edges: Array.from({ length: n - 1 }, (_, i) => ({ from: `Resource${i}`, to: `Resource${i + 1}` })),
  });
  const everything = (n: number): Graph => ({
    ...stars(n),
    edges: Array.from({ length: n }, (_, i) => i).flatMap((i) =>
      Array.from({ length: Math.min(i, 40) }, (_, k) => ({
        from: `Resource${i - 1 - k}`,
        to: `Resource${i}`,
      })),
    ),
  });
  test.each([
    ['a thousand resources that hang on one another', stars(1000)],
    ['a chain of a thousand', chain(1000)],
    ['a thousand of which each needs forty', everything(1000)],
  ])('%s are drawn in seconds', (_, graph) => {
    const start = threadTime();
    const svg = renderSvg(graph);
    expect(threadTime() - start).toBeLessThan(5_000);
    expect(svg.match(/<title>/g)).toHaveLength(1000);
  });
});
