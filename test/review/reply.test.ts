import { expect, test } from 'vitest';
import { parseCommand, verbs } from '../../src/approval/command.ts';
import { type Reply, renderReply } from '../../src/review/reply.ts';
import { moved } from './plans.ts';
import { says, stackOf } from './situations.ts';

const plan = moved();
const rejected =
  stackOf(plan, {}, { statements: [says('author', plan), says('reviewer', plan, { digests: {} })] }).decision
    ?.rejected ?? [];

function unknown(body: string): Reply {
  const command = parseCommand(body);
  if (command?.kind !== 'unknown') throw new Error('it is a command');
  return { kind: 'unknown-command', command };
}

test.each<readonly [string, Reply, string]>([
  [
    'an approval that does not count',
    { kind: 'not-counted', rejected: rejected.slice(0, 1) },
    'This approval does not count: `@author` opened the pull request, and somebody else has to approve it.',
  ],
  [
    'for several reasons',
    { kind: 'not-counted', rejected },
    'This approval does not count:\n\n- `@author` opened the pull request, and somebody else has to approve it\n- `@reviewer` approved before this plan was shown',
  ],
  [
    'a wrong command',
    unknown('/slipway aprove prod'),
    '`/slipway aprove prod` is not a command. Did you mean `/slipway approve prod`? `/slipway help` shows all of them.',
  ],
  [
    'a command like no other',
    unknown('/slipway xyzzy'),
    '`/slipway xyzzy` is not a command. `/slipway help` shows all of them.',
  ],
  [
    'an environment that is not there',
    { kind: 'unknown-environment', name: 'prdo', environments: ['dev', 'prod'] },
    'There is no environment `prdo`. Did you mean `prod`?',
  ],
  [
    'an environment like no other',
    { kind: 'unknown-environment', name: 'x', environments: ['dev', 'prod'] },
    'There is no environment `x`. There are `dev` and `prod`.',
  ],
  [
    'somebody without the right',
    { kind: 'forbidden', login: 'guest', operators: ['@acme/infra'] },
    '`@guest` may not give commands here. Those who may: `@acme/infra`.',
  ],
  [
    'the same where no operators are named',
    { kind: 'forbidden', login: 'guest', operators: [] },
    '`@guest` may not give commands here. Those who may: people with write permission.',
  ],
  [
    'what is not done',
    { kind: 'refused', reason: 'the last apply did not fail, so there is nothing to retry.' },
    'Not done: the last apply did not fail, so there is nothing to retry.',
  ],
])('%s', (_, reply, expected) => {
  expect(renderReply(reply)).toBe(expected);
});

test('help shows every verb that works, with environments where there are several', () => {
  const help = renderReply({ kind: 'help', environments: ['dev', 'prod'] });
  for (const verb of Object.keys(verbs)) expect(help).toContain(`| \`/slipway ${verb}`);
  expect(help).toContain('`/slipway plan [environment]`');
  expect(help).toContain('`/slipway cancel`');
  expect(help).toContain('Environments: `dev`, `prod`.');
  expect(renderReply({ kind: 'help', environments: ['dev'] })).not.toContain('[environment]');
});
