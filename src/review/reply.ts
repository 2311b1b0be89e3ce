/** Answers to what people say on a pull request, each one short comment. */
import type { Rejected } from '../approval/approval.ts';
import { type Command, type Verb, verbs } from '../approval/command.ts';
import { describePrincipals, joinWords } from '../approval/people.ts';
import { nearest } from '../base/suggest.ts';
import { codeSpan, prose } from './escape.ts';

export type Reply =
  /** An approval or an override that does not count, for these reasons. */
  | {
      readonly kind: 'not-counted';
      readonly what: 'approval' | 'override';
      readonly rejected: readonly Rejected[];
    }
  | { readonly kind: 'unknown-command'; readonly command: Extract<Command, { readonly kind: 'unknown' }> }
  | { readonly kind: 'unknown-environment'; readonly name: string; readonly environments: readonly string[] }
  /** A command from a person without the right to give any. */
  | { readonly kind: 'forbidden'; readonly login: string; readonly operators: readonly string[] }
  /** Understood and not done; `reason` is a sentence that says why and what to do. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** What this person may do here now. */
  | {
      readonly kind: 'help';
      readonly login: string;
      readonly verbs: readonly Verb[];
      readonly environments: readonly string[];
      /** Ids of the policies that they may override. */
      readonly policies: readonly string[];
    };

export function renderReply(reply: Reply): string {
  switch (reply.kind) {
    case 'not-counted': {
      const reasons = [...new Set(reply.rejected.map((r) => r.reason))].slice(0, 10);
      if (reasons.length === 1) return `This ${reply.what} does not count: ${prose(reasons[0] ?? '')}.`;
      return [`This ${reply.what} does not count:`, '', ...reasons.map((r) => `- ${prose(r)}`)].join('\n');
    }
    case 'unknown-command': {
      const { text, suggestion } = reply.command;
      const hint = suggestion === undefined ? '' : ` Did you mean ${codeSpan(suggestion)}?`;
      return `${codeSpan(text)} is not a command.${hint} \`/slipway help\` shows what you may do.`;
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
      return help(reply);
  }
}

function help({
  login,
  verbs: may,
  environments,
  policies,
}: Extract<Reply, { readonly kind: 'help' }>): string {
  const several = environments.length > 1;
  const shown = policies.slice(0, 5).map((policy) => codeSpan(policy));
  const rows = may.map((verb) => {
    const { takes, summary } = verbs[verb];
    const argument =
      takes === 'policy and reason'
        ? ' <policy> <reason>'
        : takes === 'environment' && several
          ? ' [environment]'
          : '';
    const which = verb === 'override' ? `: ${joinWords(shown, 'or')}` : '';
    return `| ${codeSpan(`/slipway ${verb}${argument}`)} | ${summary}${which} |`;
  });
  const names = environments
    .slice(0, 20)
    .map((e) => codeSpan(e))
    .join(', ');
  return [
    `What ${codeSpan(`@${login}`)} may do here now:`,
    '',
    '| Command | What it does |',
    '|:--|:--|',
    ...rows,
    '',
    `A command is a comment of its own.${several ? ` Environments: ${names}.` : ''}`,
  ].join('\n');
}
