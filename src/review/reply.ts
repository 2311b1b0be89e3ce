/** Answers to what people say on a pull request, each one short comment. */
import type { Rejected } from '../approval/approval.ts';
import { type Command, verbs } from '../approval/command.ts';
import { describePrincipals, joinWords } from '../approval/people.ts';
import { nearest } from '../base/suggest.ts';
import { codeSpan, prose } from './escape.ts';

export type Reply =
  /** An approval that does not count, for these reasons. */
  | { readonly kind: 'not-counted'; readonly rejected: readonly Rejected[] }
  | { readonly kind: 'unknown-command'; readonly command: Extract<Command, { readonly kind: 'unknown' }> }
  | { readonly kind: 'unknown-environment'; readonly name: string; readonly environments: readonly string[] }
  /** A command from a person without the right to give any. */
  | { readonly kind: 'forbidden'; readonly login: string; readonly operators: readonly string[] }
  /** Understood and not done; `reason` is a sentence that says why and what to do. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'help'; readonly environments: readonly string[] };

export function renderReply(reply: Reply): string {
  switch (reply.kind) {
    case 'not-counted': {
      const reasons = [...new Set(reply.rejected.map((r) => r.reason))].slice(0, 10);
      if (reasons.length === 1) return `This approval does not count: ${prose(reasons[0] ?? '')}.`;
      return ['This approval does not count:', '', ...reasons.map((r) => `- ${prose(r)}`)].join('\n');
    }
    case 'unknown-command': {
      const { text, suggestion } = reply.command;
      const hint = suggestion === undefined ? '' : ` Did you mean ${codeSpan(suggestion)}?`;
      return `${codeSpan(text)} is not a command.${hint} \`/slipway help\` shows all of them.`;
    }
    case 'unknown-environment': {
      const suggestion = nearest(reply.name, reply.environments);
      const names = joinWords(
        reply.environments.slice(0, 20).map((e) => codeSpan(e)),
        'and',
      );
      const hint = suggestion === undefined ? `There are ${names}.` : `Did you mean ${codeSpan(suggestion)}?`;
      return `There is no environment ${codeSpan(reply.name)}. ${hint}`;
    }
    case 'forbidden': {
      const who = describePrincipals(reply.operators.length > 0 ? reply.operators : ['write']);
      return `${codeSpan(`@${reply.login}`)} may not give commands here. Those who may: ${prose(who)}.`;
    }
    case 'refused':
      return `Not done: ${prose(reply.reason)}`;
    case 'help':
      return help(reply.environments);
  }
}

function help(environments: readonly string[]): string {
  const argument = environments.length > 1 ? ' [environment]' : '';
  const rows = Object.entries(verbs).map(([verb, { summary }]) => {
    const whole = verb === 'help' || verb === 'cancel';
    return `| ${codeSpan(`/slipway ${verb}${whole ? '' : argument}`)} | ${summary} |`;
  });
  const names = environments
    .slice(0, 20)
    .map((e) => codeSpan(e))
    .join(', ');
  return [
    '| Command | What it does |',
    '|:--|:--|',
    ...rows,
    '',
    `A command is a comment of its own.${environments.length > 1 ? ` Environments: ${names}.` : ''}`,
  ].join('\n');
}
