import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Element,
  itemsOf,
  leaf,
  parseXml,
  textAt,
  writeXml,
} from '../../../src/sandbox/fault-proxy/xml.ts';

const name = fc.stringMatching(/^[a-zA-Z]{1,6}$/);
const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(name, fc.string()).map(([n, text]) => leaf(n, text)),
    fc
      .tuple(name, fc.array(tie('element'), { minLength: 1, maxLength: 4 }))
      .map(([n, children]) => ({ name: n, attributes: ' xmlns="urn:x"', children, text: '' })),
  ),
}));

describe('XML', () => {
  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(element, (root) => {
        expect(parseXml(writeXml(root))).toEqual(root);
      }),
    );
  });

  test('white space, empty elements and escapes are understood', () => {
    const root = parseXml(`<?xml version="1.0"?>
      <R xmlns="http://example.test/doc">
        <set>
          <item><id>a</id><tag/></item>
          <item><id>b &lt;&amp;&gt;</id></item>
        </set>
      </R>`);
    expect(itemsOf(root, 'set').map((item) => textAt(item, 'id'))).toEqual(['a', 'b <&>']);
    expect(textAt(root, 'set', 'item', 'nothing', 'here')).toBe('');
  });

  test.each([
    ['nothing', ''],
    ['plain text', 'Bad Gateway'],
    ['an open element', '<a><b></b>'],
    ['crossed elements', '<a><b></a></b>'],
  ])('%s is refused', (_, text) => {
    expect(() => parseXml(text)).toThrow(/XML/);
  });
});
