/**
 * Markdown as GitHub shows it. In: what somebody wrote. Out: HTML that can be put into a page whatever was written.
 * Everything passes the sanitiser last, with GitHub's allow-list. What our own renderer adds beyond that list
 * (coloured differences, alerts, drawings, task boxes) is marked by class names that begin with a seal which no
 * author can know, so that the sanitiser can tell it from an author's HTML.
 */
import { randomBytes } from 'node:crypto';
import { raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { Marked, type Tokens } from 'marked';
import { drawFlowchart } from './flowchart.ts';
import { escapeText, sanitise } from './sanitise.ts';

/** What a text is read with. */
export interface MarkdownOptions {
  /** Comments break lines where their author did; files do not. */
  readonly kind: 'comment' | 'file';
  /** Turns mentions and references in a piece of escaped text into links. */
  readonly references?: (text: string) => string;
  /** Of a file: what its relative links lead to, and its relative pictures. */
  readonly base?: { readonly links: string; readonly pictures: string };
}

const seal = `s${randomBytes(9).toString('hex')}-`;

const kinds = { comment: makeMarked(true), file: makeMarked(false) };

/** Renders Markdown. It never throws: a text that the parser cannot take is shown as it is. */
export function markdown(text: string, options: MarkdownOptions): HtmlEscapedString {
  let dirty: string;
  try {
    dirty = kinds[options.kind].parse(text, { async: false });
  } catch {
    // Quotes or lists thousands deep exhaust the parser's stack.
    dirty = `<pre>${escapeText(text)}</pre>`;
  }
  const { references, base } = options;
  return raw(sanitise(dirty, { seal, ...(references ? { references } : {}), ...(base ? { base } : {}) }));
}

function makeMarked(breaks: boolean): Marked {
  const marked = new Marked({ gfm: true, breaks });
  marked.use({
    renderer: {
      code: ({ text, lang }) => codeBlock(text, (lang ?? '').trim().split(/\s/)[0] ?? ''),
      checkbox: ({ checked }) =>
        `<input class="${seal}task" type="checkbox" disabled${checked ? ' checked' : ''}> `,
      blockquote(token) {
        const alert = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/i.exec(token.text);
        if (!alert) return `<blockquote>\n${this.parser.parse(token.tokens)}</blockquote>\n`;
        const kind = alert[1]!.toLowerCase();
        const title = `${kind[0]!.toUpperCase()}${kind.slice(1)}`;
        const body = this.parser.parse(marked.lexer(token.text.slice(alert[0].length)));
        return `<div class="${seal}alert ${seal}${kind}"><p class="${seal}title">${title}</p>\n${body}</div>\n`;
      },
      table(token: Tokens.Table) {
        const row = (cells: Tokens.TableCell[], tag: 'th' | 'td') =>
          `<tr>${cells
            .map((cell) => {
              const align = cell.align ? ` align="${cell.align}"` : '';
              return `<${tag}${align}>${this.parser.parseInline(cell.tokens)}</${tag}>`;
            })
            .join('')}</tr>`;
        const body = token.rows.map((cells) => row(cells, 'td')).join('\n');
        return `<table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table>\n`;
      },
    },
  });
  return marked;
}

function codeBlock(text: string, language: string): string {
  if (language === 'diff')
    return `<pre class="${seal}diff">${text.split('\n').map(diffLine).join('')}</pre>\n`;
  if (language === 'mermaid') {
    const drawing = drawFlowchart(text);
    const source = `<pre class="${seal}mermaid">${escapeText(text)}</pre>`;
    if (!drawing) return source;
    const data = Buffer.from(drawing).toString('base64');
    return `<p class="${seal}drawing"><img class="${seal}picture" alt="A drawing of the text below" src="data:image/svg+xml;base64,${data}"></p>\n<details><summary>Text of the drawing</summary>${source}</details>\n`;
  }
  return `<pre><code>${escapeText(text)}\n</code></pre>\n`;
}

const lineKinds: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'del',
  '!': 'chg',
  '#': 'rem',
  '@': 'hunk',
};

/** The line feed is inside, because each of these is a block of its own. */
function diffLine(line: string): string {
  const kind = lineKinds[line[0] ?? ''];
  return `<span class="${seal}line${kind ? ` ${seal}${kind}` : ''}">${escapeText(line)}\n</span>`;
}
