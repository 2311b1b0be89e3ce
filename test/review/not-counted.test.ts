import { describe, expect, test } from 'vitest';
import type { Statement } from '../../src/approval/approval.ts';
import { renderChecks } from '../../src/review/checks.ts';
import { renderComment } from '../../src/review/comment.ts';
import type { StackReview } from '../../src/review/review.ts';
import { moved } from './plans.ts';
import { review, says, stackOf } from './situations.ts';

const inDev = moved();
const inProd = moved('prod');
const onBoth = { digests: { [inDev.stack]: inDev.digest, [inProd.stack]: inProd.digest } };
const stacksWith = (statement: Statement, rest: Partial<StackReview> = {}) =>
  [inDev, inProd].map((plan) => stackOf(plan, rest, { statements: [statement] }));
const noRight = (environment: string) =>
  `\`@operator\` is not among those who may approve ${environment}: \`@acme/infra\``;

describe('of a yes that does not count, comment and check say', () => {
  test.each<readonly [string, readonly StackReview[], readonly string[]]>([
    [
      'why, in the environment that it names and in no other',
      stacksWith(says('operator', inDev, { ...onBoth, environment: 'dev' })),
      [noRight('dev')],
    ],
    [
      'that it names an environment that is not here',
      stacksWith(says('reviewer', inDev, { ...onBoth, environment: 'test' })),
      ['`@reviewer` approved test, and this is dev', '`@reviewer` approved test, and this is prod'],
    ],
    [
      'why, in each environment, where it names none',
      stacksWith(says('operator', inDev, onBoth)),
      [noRight('dev'), noRight('prod')],
    ],
    ['nothing once all is applied', stacksWith(says('author', inDev, onBoth), { phase: 'applied' }), []],
  ])('%s', (_, stacks, expected) => {
    const shown = review(stacks, { merged: true });
    const [, listed = ''] = renderComment(shown).match(/\*\*Not counted\*\*\n\n((?:- .*\n)+)/) ?? [];
    expect(listed.match(/(?<=^- ).*/gm) ?? []).toEqual(expected);
    const approval = renderChecks(shown)[2]?.summary ?? '';
    expect(approval.match(/(?<=not counted: ).*/g) ?? []).toEqual(expected);
  });
});
