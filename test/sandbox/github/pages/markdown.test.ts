import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdown } from '../../../../src/sandbox/github/pages/markdown.ts';
import { textOf } from './site.ts';

const comment = (text: string) => String(markdown(text, { kind: 'comment' }));

/** Tags of a text that could do something; the same words between tags are only words. */
function dangersIn(html: string): string[] {
  const tags = html.match(/<[a-z](?:[^>"]|"[^"]*")*>?/gi) ?? [];
  return tags.filter((tag) => {
    const isKind = /^<(script|iframe|form|button|style|svg|object|embed|base|meta|input|link)\b/i.test(tag);
    const isEvent = /[\s/"](on\w+|style|srcdoc|action|formaction)\s*=/i.test(tag.replace(/"[^"]*"/g, '""'));
    return (
      isKind ||
      isEvent ||
      /(href|src|cite)="\s*(javascript|vbscript|data:text)/i.test(tag) ||
      !tag.endsWith('>')
    );
  });
}

describe('what a comment may not do', () => {
  const hostile: Readonly<Record<string, string>> = {
    'a script': 'hello <script>alert(1)</script>',
    'a script in capitals, spread over lines': '<ScRiPt\n>alert(1)</sCrIpT\n>',
    'an event of a picture': '<img src=x onerror=alert(1)>',
    'an event of a fold': '<details open ontoggle=alert(1)><summary>x</summary></details>',
    'a javascript address in Markdown': '[x](javascript:alert(1))',
    'a javascript address in HTML, with a tab in it': '<a href="java\tscript:alert(1)">x</a>',
    'a data address as a link': '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    'a frame': '<iframe src="https://example.com"></iframe>',
    'a form to log in with':
      '<form action="https://example.com"><input name="password"><button>Log in</button></form>',
    'a style sheet': '<style>body { display: none }</style>',
    'a style that covers the page': '<div style="position:fixed;inset:0">x</div>',
    'a drawing with a script': '<svg onload=alert(1)><script>alert(1)</script></svg>',
    'an object': '<object data="x"></object><embed src="x">',
    'a base for all addresses': '<base href="https://example.com/">',
    'a redirection': '<meta http-equiv="refresh" content="0;url=https://example.com">',
    'a tag that is left open': '<img src="x" alt="',
    'a script that a code block would end': '```html\n</code></pre><script>alert(1)</script>\n```',
    'a script in a language name': '```"><script>alert(1)</script>\nx\n```',
    'a script in a difference': '```diff\n+ <script>alert(1)</script>\n```',
    'a script in a drawing': '```mermaid\nflowchart LR\n  a["<script>alert(1)</script>"]\n```',
    'a code block inside an attribute': '<div title="\n\n```diff\n+ " onclick=alert(1) x="\n```\n\n">x</div>',
  };

  test.each(Object.entries(hostile))('%s', (_, text) => {
    expect(dangersIn(comment(text))).toEqual([]);
  });

  test('end the box that it stands in', () => {
    const html = comment('</div></article></main><div>still inside');
    expect(html.match(/<\/div>/g)?.length).toBe(html.match(/<div/g)?.length);
    expect(html).not.toMatch(/<\/(article|main)>/);
  });

  test('wear the classes and ids of the page', () => {
    const html = comment('<div class="state merged" id="merge-box"><b class="x">Merged</b></div>');
    expect(html).not.toContain('class=');
    expect(html).not.toContain('id="merge-box"');
  });

  test('bring a box to tick, or a picture made of data', () => {
    expect(comment('<input type="checkbox" checked>')).not.toContain('<input');
    expect(comment('<img src="data:image/png;base64,AAAA">')).not.toContain('data:');
  });

  test('stop the page by being thousands of quotes deep', () => {
    expect(textOf(comment(`${'>'.repeat(20_000)} deep`))).toContain('deep');
  });

  test('anything of that, however it is put together', () => {
    const pieces = fc.constantFrom(
      ...[
        '<script>',
        '</script>',
        '<img src=x ',
        'onerror=alert(1)',
        '>',
        '"',
        "'",
        '`',
        '```\n',
        '```diff\n',
        '\n\n',
      ],
      ...[
        '<div title="',
        '</div>',
        '<details>',
        '<!--',
        '-->',
        '<a href="javascript:x"',
        '[x](',
        ')',
        '> [!NOTE]\n',
        '| a |',
      ],
    );
    const together = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(together, (text) => dangersIn(comment(text)).length === 0),
      { numRuns: 500 },
    );
  });
});

describe('what GitHub makes of a comment', () => {
  test('a table keeps its columns and how they are aligned', () => {
    const html = comment('| Resource | Time |\n|:--|--:|\n| `Vpc` | 4.6 s |');
    expect(html).toMatch(/<td align="left"><code>Vpc<\/code><\/td>\s*<td align="right">4\.6 s<\/td>/);
  });

  test('a fold keeps its summary, whether it is open, and the Markdown inside', () => {
    const html = comment('<details open><summary><b>dev</b></summary>\n\n- **one**\n\n</details>');
    expect(html).toMatch(
      /<details open[^>]*><summary><b>dev<\/b><\/summary>[\s\S]*<strong>one<\/strong>[\s\S]*<\/details>/,
    );
  });

  test.each([
    ['+ added', 'add'],
    ['- removed', 'del'],
    ['! changed', 'chg'],
    ['# remarked', 'rem'],
    ['@@ -1 +1 @@', 'hunk'],
  ])('in a difference the line %j is coloured as %s', (line, kind) => {
    expect(comment(`\`\`\`diff\n${line}\n  same\n\`\`\``)).toContain(
      `<span class="line ${kind}">${line}\n</span>`,
    );
  });

  test('a list of tasks has boxes that cannot be ticked here', () => {
    const boxes = comment('- [x] done\n- [ ] to do').match(/<input[^>]*>/g)!;
    expect(boxes.map((box) => [/ disabled/.test(box), / checked/.test(box)])).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  test('an alert has its name as title', () => {
    const html = comment('> [!CAUTION]\n> **1 resource** is deleted\n> - `A`');
    expect(html).toContain('class="alert caution"');
    expect(textOf(html)).toMatch(/Caution 1 resource is deleted A/);
  });

  test('a line break breaks the line in a comment, and not in a file', () => {
    expect(comment('one\ntwo')).toContain('<br');
    expect(String(markdown('one\ntwo', { kind: 'file' }))).not.toContain('<br');
  });

  test('HTML comments, which mark a comment as an App’s own, are not shown', () => {
    expect(comment('<!-- slipway:review -->\nhello')).not.toContain('slipway');
  });

  test('relative links of a file lead beside it, and others where they say', () => {
    const base = { links: '/acme/shop/blob/main/docs/', pictures: '/acme/shop/raw/main/docs/' };
    const html = String(
      markdown('[a](more.md#x) [b](../b.md) [c](https://example.com/) ![d](d.png)', { kind: 'file', base }),
    );
    expect([...html.matchAll(/(?:href|src)="([^"]*)"/g)].map((found) => found[1])).toEqual([
      '/acme/shop/blob/main/docs/more.md#x',
      '/acme/shop/blob/main/b.md',
      'https://example.com/',
      '/acme/shop/raw/main/docs/d.png',
    ]);
  });

  const golden = new URL('../../../review/golden/', import.meta.url);
  const written = readdirSync(golden).filter((name) => name.endsWith('.md'));
  test.each(written)('nothing of Slipway’s own comment %s is left as it was typed', (name) => {
    const html = comment(readFileSync(new URL(name, golden), 'utf8'));
    // Text of a drawing is shown as text on purpose.
    const text = textOf(html.replace(/<pre class="mermaid">[\s\S]*?<\/pre>/g, ''));
    expect(text).not.toMatch(/```|\*\*|<\/?(details|summary|sub)|\|:?--/);
    expect(html.match(/<details/g)?.length).toBe(html.match(/<\/details>/g)?.length);
  });
});
