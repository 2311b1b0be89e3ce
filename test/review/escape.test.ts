import fc from 'fast-check';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { clean } from '../../src/base/visible.ts';
import type { Overlap } from '../../src/plan/overlap.ts';
import { renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import { codeSpan, fence, mermaidLabel, oneLine, prose, urlPath } from '../../src/review/escape.ts';
import { renderFailureIssue } from '../../src/review/failure-issue.ts';
import { renderPlanText } from '../../src/review/plan-text.ts';
import { type Progress, renderProgress } from '../../src/review/progress.ts';
import { renderReply } from '../../src/review/reply.ts';
import type { Review } from '../../src/review/review.ts';
import { change, difference, plan } from './plans.ts';
import { review, stackOf } from './situations.ts';

const nasty = [
  '@reviewer',
  '@acme/infra',
  'x@y.example',
  '#12',
  'acme/shop#3',
  'GH-12',
  '4f1d2c3b5a69',
  ':tada:',
  '$x^2$',
  '$`x`$',
  '[x](javascript:alert(1))',
  '![i](https://evil.example/x.png)',
  '[ref]: https://evil.example',
  '[ref]',
  '[ ]',
  '[^1]',
  'https://evil.example',
  'www.evil.example',
  'mailto:a@b.example',
  '<https://evil.example>',
  '<a@b.example>',
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '</details>',
  '</summary>',
  '</code>',
  '</td>',
  '<!--',
  '-->',
  '&lt;',
  '&#60;',
  '&',
  '"',
  "'",
  '`',
  '``',
  '```',
  '````diff',
  '~~~',
  '\\',
  '*',
  '**b**',
  '_i_',
  '__',
  '|',
  '|-|',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  '    ',
  '# h',
  '- x',
  '1. x',
  '1)',
  '> q',
  '---',
  '===',
  '> [!CAUTION]',
  '%%{init: {}}%%',
  '"]',
  'click n0 "javascript:alert(1)"',
  'classDef default fill:#f00',
  ';',
  'end',
  '\x1b[31m',
  '\0',
  '\x9b',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\u{e0041}',
  'plain',
  'é',
  '日本',
  '🙂',
]; // prettier-ignore

const hostile = fc.oneof(
  fc.array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(' ')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const ours = 'https://github.com/acme/shop';
const tags =
  /^(?:h2|p|ul|li|table|thead|tbody|tr|th|td|strong|b|br|sub|em|code|pre|blockquote|details|summary|a|hr)$/;

/** The HTML as GitHub's later filters see it: what is left of text once code is taken out. */
function textOutsideCode(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<pre>[\s\S]*?<\/pre>/g, '')
    .replace(/<code[^>]*>[\s\S]*?<\/code>/g, '¤')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|amp|#39|nbsp);/g, ' ');
}

/** The tags that make the structure, in order: what a text must not add to or take from. */
function structure(html: string): string[] {
  const all = [...html.matchAll(/<(\/?[a-z][a-z0-9]*)[^>]*>/gi)].map((m) => m[1]?.toLowerCase() ?? '');
  return all.filter((tag) => !/^\/?(?:code|br|em)$/.test(tag));
}

function assertInert(markdown: string): void {
  const html = marked.parse(markdown, { async: false, gfm: true });
  const found = [...html.matchAll(/<\/?([a-z][a-z0-9-]*)([^>]*)>/gi)];
  for (const [tag, name = '', attributes = ''] of found) {
    expect(name, `the tag ${tag}`).toMatch(tags);
    const href = /href="([^"]*)"/.exec(attributes)?.[1];
    if (name === 'a' && href !== undefined)
      expect(href.startsWith(`${ours}/`), `a link to ${href}`).toBe(true);
    expect(attributes, `attributes of ${tag}`).not.toMatch(/\bon\w+=|src=|style=/);
  }
  const text = textOutsideCode(html);
  expect(text, 'a mention').not.toMatch(/@[a-z\d]/i);
  expect(text, 'a bare link').not.toMatch(/:\/\/|www\.|mailto:/i);
  expect(text.replaceAll('#12', ''), 'a reference').not.toMatch(/[\w/]*#\d|GH-\d/);
  expect(text, 'a formula').not.toMatch(/\$/);
  expect(html.replace(/<!--[^\n]*-->/, ''), 'an HTML comment').not.toContain('<!--');
  expect(markdown, 'a character that cannot be seen').not.toMatch(invisible);
}

const invisible =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/u;

describe('pieces', () => {
  test('a code span gives back its text, alone and in a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = oneLine(text).replaceAll('|', '¦');
        fc.pre(shown !== '');
        const decode = (html: string) =>
          html
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&quot;', '"')
            .replaceAll('&#39;', "'")
            .replaceAll('&amp;', '&');
        const html = marked.parse(`| a |\n|---|\n| ${codeSpan(text)} |\n`, { async: false });
        expect(decode(/<td><code>([\s\S]*)<\/code><\/td>/.exec(html)?.[1] ?? '')).toBe(shown);
      }),
      { numRuns: 1000 },
    );
  });

  test('prose is one inert paragraph, in a line of its own, a list and a table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const [before, expected] of [
          ['', ['p', '/p']],
          ['- ', ['ul', 'li', '/li', '/ul']],
        ] as const) {
          const markdown = before + prose(text);
          fc.pre(prose(text).trim() !== '');
          assertInert(markdown);
          expect(structure(marked.parse(markdown, { async: false }))).toEqual(expected);
        }
        const html = marked.parse(`| a | b |\n|---|---|\n| ${prose(text)} | x |\n`, { async: false });
        expect(html.match(/<td>/g)).toHaveLength(2);
        expect(html).toContain('<td>x</td>');
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [
      'numbers and addresses stay as they are',
      'Port 22 is open to 0.0.0.0/0.',
      'Port 22 is open to 0.0.0.0/0.',
    ],
    ['an account number is no commit id', 'account 111111111111', 'account 111111111111'],
    ['a mention becomes code, its comma does not', 'ask @acme/infra, please', 'ask `@acme/infra`, please'],
    ['a link becomes code', 'see https://evil.example/x.', 'see `https://evil.example/x`.'],
    ['an image shows its source', '![x](y)', '!\\[x\\](y)'],
    ['direction marks are spelled out', 'a\u202eb', 'a⟨U+202E⟩b'],
  ])('prose: %s', (_, text, expected) => {
    expect(prose(text)).toBe(expected);
  });

  test('no line can end a fence', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 5 }), (lines) => {
        const html = marked.parse(`${fence('diff', lines)}\n\nafter`, { async: false });
        expect(structure(html)).toEqual(['pre', '/pre', 'p', '/p']);
      }),
      { numRuns: 1000 },
    );
  });

  test('a label in a diagram has no character of its grammar', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(mermaidLabel(text)).toMatch(/^[\w .:/·-]*$/);
      }),
    );
  });

  test('a path in a link cannot leave it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(urlPath(text)).toMatch(/^[\w./%-]*$/);
      }),
    );
  });

  test('cleaning twice is cleaning once', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(clean(clean(text))).toBe(clean(text));
      }),
    );
  });
});

/** A pull request in which an author wrote `text` everywhere that an author can write. */
function poisoned(text: string): Review {
  const where = { file: text, line: 3, column: 1 };
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: 'template-syntax',
    summary: text,
    detail: text,
    remedy: text,
    where,
  };
  const poisonedPlan = plan(
    [
      change(text, text, 'create', {
        after: { [text]: text, list: [text, { [text]: [text] }], UserData: text },
      }),
      change(`${text}2`, text, 'replace', {
        physicalId: text,
        replaceBecause: [text],
        dependsOn: [text],
        differences: [
          { ...difference(text, text, `${text}!`, true), where },
          difference('Doc', `{"a": 1}\n${text}`, `{"a": 2}\n${text}`),
          difference('List', [text], [`${text}!`]),
        ],
        drift: [difference(text, text, `${text}?`)],
      }),
      change(`${text}3`, text, 'delete', { physicalId: text, dependsOn: [`${text}2`] }),
    ],
    {
      file: text,
      environment: text,
      deposed: [{ logicalId: text, type: text, physicalId: text, dependsOn: [] }],
      outputs: [{ name: text, description: text, before: text, after: `${text}!` }],
    },
  );
  const finding = {
    policy: text,
    title: text,
    severity: 'high',
    enforcement: 'mandatory',
    logicalId: text,
    type: text,
    message: text,
    remedy: text,
    controls: [text],
    where,
  } as const;
  return review(
    [
      stackOf(poisonedPlan, { findings: [finding] }),
      { ...stackOf(poisonedPlan), stack: 'x', phase: 'planned', diagnostics: [diagnostic] },
    ],
    {
      diagnostics: [],
      settings: { lines: [text] },
      others: [{ pullRequest: 12, environment: text, file: text, overlap: poisonedOverlap(text) }],
    },
  );
}

/** Another's pull request, which changes the same and moves the template. */
function poisonedOverlap(text: string): Overlap {
  const both = { logicalId: text, type: text, ours: 'update', theirs: 'replace', alike: false } as const;
  const contested = [{ path: text, ours: text, theirs: `${text}!` }];
  return {
    shared: [{ ...both, contested, onlyOurs: [text], onlyTheirs: [text] }],
    hanging: [{ logicalId: text, on: text, theirs: 'delete' }],
    outputs: [text],
    moves: { theirs: text },
  };
}

function poisonedRun(text: string, status: Progress['status']): Progress {
  const steps = (['failed', 'done', 'skipped', 'running'] as const).map((state) => {
    return { logicalId: text, type: text, action: 'create', state, ms: 5, reason: text } as const;
  });
  return { stack: text, environment: text, file: text, status, ms: 10, steps, outputs: { [text]: text } };
}

describe('whole texts with hostile words everywhere', () => {
  // The structure of each must be what it is with a harmless word.
  const texts: Readonly<Record<string, (text: string) => readonly string[]>> = {
    'the comment': (text) => [renderComment(poisoned(text))],
    'the comment with errors': (text) => {
      const all = poisoned(text);
      return [renderComment({ ...all, diagnostics: all.stacks.flatMap((s) => s.diagnostics), stacks: [] })];
    },
    'the checks': (text) =>
      renderChecks(poisoned(text)).flatMap((c) => [c.summary, ...(c.text ? [c.text] : [])]),
    'the progress': (text) =>
      (['running', 'succeeded', 'failed'] as const).map((s) => renderProgress(poisonedRun(text, s))),
    'the issue': (text) => [
      renderFailureIssue({ progress: poisonedRun(text, 'failed'), pullRequest: 12, sha: 'abcdef0' }).body,
    ],
    'the replies': (text) => [
      renderReply({ kind: 'unknown-command', command: { kind: 'unknown', text, suggestion: text } }),
      renderReply({ kind: 'unknown-environment', name: text, environments: ['dev', text] }),
      renderReply({ kind: 'refused', reason: text }),
      renderReply({ kind: 'forbidden', login: text, operators: [text] }),
    ],
  };

  test.each(Object.entries(texts))('%s keeps its structure and nothing in it acts', (_, render) => {
    const shape = (markdown: string) => structure(marked.parse(markdown, { async: false }));
    const harmless = render('harmless').map(shape);
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(oneLine(text) !== '' && !text.includes('$slipway'));
        const rendered = render(text);
        rendered.forEach(assertInert);
        expect(rendered.map(shape)).toEqual(harmless);
      }),
      { numRuns: 150 },
    );
  });

  test('the plan in a terminal has no control character but its own colours', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const stack of poisoned(text).stacks) {
          if (!stack.plan) continue;
          expect(renderPlanText(stack.plan, { color: false })).not.toMatch(invisible);
          const coloured = renderPlanText(stack.plan, { color: true });
          expect(coloured.replace(/\x1b\[\d+m/g, '')).not.toMatch(invisible);
        }
      }),
    );
  });
});

test('a message for a terminal shows what would command it', () => {
  const summary = "The type 'A\u001b[31m\u202e' is unknown";
  expect(formatDiagnostic({ severity: 'error', code: 'template-unknown-type', summary })).toBe(
    "error: The type 'A⟨U+001B⟩[31m⟨U+202E⟩' is unknown (template-unknown-type)",
  );
});
