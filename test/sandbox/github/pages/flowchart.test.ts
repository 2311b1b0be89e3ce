import { describe, expect, test } from 'vitest';
import { drawFlowchart } from '../../../../src/sandbox/github/pages/flowchart.ts';

const chart = (...lines: string[]) => drawFlowchart(['flowchart LR', ...lines].join('\n'));

describe('a drawing of a flowchart', () => {
  const chain = chart(
    'a["Vpc"]',
    'b["Subnet"]:::create',
    'c["Web"]',
    'a --> b',
    'b --> c',
    'a --> c',
    'classDef create fill:#dafbe1',
  )!;

  test('has every box, with its label, and every arrow', () => {
    expect([...chain.matchAll(/<text [^>]*>([^<]*)</g)].map((found) => found[1]).sort()).toEqual([
      'Subnet',
      'Vpc',
      'Web',
    ]);
    expect(chain.match(/marker-end/g)).toHaveLength(3);
  });

  test('puts each box after all that lead to it', () => {
    const at = (label: string) =>
      Number(new RegExp(`<rect x="([\\d.-]+)"[^>]*/><text [^>]*>${label}<`).exec(chain)?.[1]);
    expect(at('Vpc')).toBeLessThan(at('Subnet'));
    expect(at('Subnet')).toBeLessThan(at('Web'));
  });

  test('gives a box the colours of its class', () => {
    expect(chain).toMatch(/fill="#dafbe1"[^>]*\/><text [^>]*>Subnet</);
  });

  test.each([
    ['another kind of diagram', 'sequenceDiagram\n a->>b: x'],
    ['a line that it does not know', 'flowchart LR\na["x"]\nclick a "javascript:alert(1)"'],
    ['an arrow to nowhere', 'flowchart LR\na["x"]\na --> b'],
    ['no box at all', 'flowchart LR'],
    [
      'more boxes than a picture can hold',
      `flowchart LR\n${Array.from({ length: 400 }, (_, n) => `a${n}["x"]`).join('\n')}`,
    ],
  ])('is not made of %s', (_, text) => {
    expect(drawFlowchart(text)).toBeNull();
  });

  test('is made of a circle too', () => {
    expect(chart('a["x"]', 'b["y"]', 'a --> b', 'b --> a')).toContain('<svg');
  });

  test('has no markup in it that came in a label or a colour', () => {
    const drawn = chart('a["<script>x</script>"]:::bad', 'classDef bad fill:#fff,stroke:url');
    expect(drawn).not.toMatch(/<script|url\b(?!\(#a\))/);
  });
});
