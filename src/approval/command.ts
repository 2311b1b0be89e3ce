/**
 * What a comment asks for. The command must be the whole comment: words inside a quote, a code block or a longer
 * text are talk about a command and not a command, and an attacker could hide them there.
 */
import { nearest } from '../base/suggest.ts';

/** Every verb that works, with the words that `help` shows. A verb that does not work yet is not in it. */
export const verbs = {
  plan: { summary: 'plan again, from the latest commit' },
  approve: { summary: 'say yes to the plan that is shown; `approve` alone and a review do the same' },
  apply: { summary: 'apply the approved plan of a merged pull request' },
  retry: { summary: 'go on where an apply failed or was cancelled' },
  cancel: { summary: 'stop applying a merged pull request, between two resources' },
  help: { summary: 'show these commands' },
} as const satisfies Readonly<Record<string, { readonly summary: string }>>;

export type Verb = keyof typeof verbs;

export type Command =
  | { readonly kind: 'command'; readonly verb: Verb; readonly environment?: string }
  /** `/slipway` with something after it that is not understood: worth a reply. */
  | { readonly kind: 'unknown'; readonly text: string; readonly suggestion?: string };

/** The command that a comment is, or undefined when it is just a comment. */
export function parseCommand(body: string): Command | undefined {
  const line = onlyLine(body);
  if (line === undefined) return undefined;
  if (/^approve$/i.test(line)) return { kind: 'command', verb: 'approve' };
  const match = /^\/slipway(?:[ \t]+(.*))?$/i.exec(line);
  if (!match) return undefined;
  const [word = 'help', environment, ...rest] = (match[1] ?? '').split(/[ \t]+/).filter(Boolean);
  const verb = toVerb(word.toLowerCase());
  if (verb === undefined) {
    const suggestion = nearest(word, Object.keys(verbs));
    return unknown(line, suggestion && ['/slipway', suggestion, environment].filter(Boolean).join(' '));
  }
  if (environment === undefined) return { kind: 'command', verb };
  if (rest.length > 0 || !isEnvironmentName(environment)) return unknown(line, `/slipway ${verb}`);
  return { kind: 'command', verb, environment };
}

/** Letters, digits, `-` and `_`: nothing that could mean something in a stack id, a path or Markdown. */
export function isEnvironmentName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text);
}

function unknown(line: string, suggestion: string | undefined): Command {
  const text = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  return { kind: 'unknown', text, ...(suggestion ? { suggestion } : {}) };
}

function toVerb(word: string): Verb | undefined {
  return Object.hasOwn(verbs, word) ? (word as Verb) : undefined;
}

/** The comment's text when it is one line. Four spaces or a tab in front make a code block in Markdown. */
function onlyLine(body: string): string | undefined {
  const lines = body.split(/\r\n|\r|\n/).filter((line) => line.trim() !== '');
  const [line] = lines;
  if (lines.length !== 1 || line === undefined || /^(?: {4}| {0,3}\t)/.test(line)) return undefined;
  return line.trim();
}
