/**
 * What a comment asks for. The command must be the whole comment: words inside a quote, a code block or a longer
 * text are talk about a command and not a command, and an attacker could hide them there.
 */
import { nearest } from '../base/suggest.ts';

/** What stands after a verb. */
type Takes = 'nothing' | 'environment' | 'policy and reason';

/** Every verb that works, with the words that `help` shows. A verb that does not work yet is not in it. */
export const verbs = {
  plan: { takes: 'nothing', summary: 'plan again, from the latest commit' },
  approve: {
    takes: 'environment',
    summary: 'say yes to the plan that is shown; `approve` alone and a review do the same',
  },
  override: { takes: 'policy and reason', summary: 'apply this plan although the policy is not met' },
  apply: { takes: 'nothing', summary: 'apply the approved plan of a merged pull request' },
  retry: { takes: 'environment', summary: 'go on where an apply or a rollback failed or was cancelled' },
  rollback: {
    takes: 'environment',
    summary: 'plan to go back to what was there before this was merged, and ask for approval',
  },
  unlock: {
    takes: 'environment',
    summary: 'let other pull requests change what an apply that failed has left',
  },
  cancel: { takes: 'nothing', summary: 'stop applying a merged pull request, between two resources' },
  help: { takes: 'nothing', summary: 'show what you may do here now' },
} as const satisfies Readonly<Record<string, { readonly takes: Takes; readonly summary: string }>>;

export type Verb = keyof typeof verbs;

export type Command =
  | {
      readonly kind: 'command';
      readonly verb: Exclude<Verb, 'override'>;
      /** Also after a verb that takes none: the answer says so. */
      readonly environment?: string;
      /** Said without `/slipway`: talk like any other where there is no such environment. */
      readonly plain?: true;
    }
  | {
      readonly kind: 'command';
      readonly verb: 'override';
      readonly policy?: string;
      readonly reason?: string;
    }
  /** `/slipway` with something after it that is not understood: worth a reply. */
  | { readonly kind: 'unknown'; readonly text: string; readonly suggestion?: string };

/** The command that a comment is, or undefined when it is just a comment. */
export function parseCommand(body: string): Command | undefined {
  const line = onlyLine(body);
  if (line === undefined) return undefined;
  if (/^approve$/i.test(line)) return { kind: 'command', verb: 'approve' };
  const [, environment] = /^approve[ \t]{1,8}(\S{1,63})$/i.exec(line) ?? [];
  if (environment !== undefined && isEnvironmentName(environment))
    return { kind: 'command', verb: 'approve', environment, plain: true };
  const match = /^\/slipway(?:[ \t]+(.*))?$/i.exec(line);
  if (!match) return undefined;
  const [word = 'help', ...after] = (match[1] ?? '').split(/[ \t]+/).filter(Boolean);
  const [named, ...rest] = after;
  const verb = toVerb(word.toLowerCase());
  if (verb === undefined) {
    const suggestion = nearest(word, Object.keys(verbs));
    return unknown(line, suggestion && ['/slipway', suggestion, named].filter(Boolean).join(' '));
  }
  if (verb === 'override') return override(after);
  if (named === undefined) return { kind: 'command', verb };
  if (rest.length > 0 || !isEnvironmentName(named)) return unknown(line, `/slipway ${verb}`);
  return { kind: 'command', verb, environment: named };
}

/** Whatever is missing or no id of a policy is answered: the verb itself was understood. */
function override([policy, ...words]: readonly string[]): Command {
  const reason = words.join(' ');
  return {
    kind: 'command',
    verb: 'override',
    ...(policy === undefined ? {} : { policy }),
    ...(reason === '' ? {} : { reason }),
  };
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
