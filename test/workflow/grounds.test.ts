import { expect, test } from 'vitest';
import type { Decision, Statement } from '../../src/approval/approval.ts';
import { groundsOf } from '../../src/workflow/grounds.ts';

const stack = 'acme/shop:infra/shop.yaml@prod';
const said = (id: number, of: Partial<Statement> = {}): Statement => ({
  kind: 'comment',
  id,
  login: 'Reviewer',
  isBot: false,
  at: `2026-01-01T00:00:0${id}Z`,
  edited: false,
  dismissed: false,
  answer: 'yes',
  digests: { [stack]: 'd1' },
  ...of,
});
const decision: Decision = {
  stack,
  environment: 'prod',
  allowed: true,
  summary: '',
  rules: [{ rule: { from: ['@reviewer'], count: 1 }, met: true, by: ['reviewer'], missing: 0 }],
  rejected: [],
  blockedBy: [],
};

test.each<[string, readonly Statement[], number]>([
  ['the latest', [said(1), said(2)], 2],
  ['the latest by its time, whichever was heard last', [said(2), said(1)], 2],
  ['what was not edited', [said(1), said(2, { edited: true })], 1],
  ['what was not dismissed', [said(1), said(2, { kind: 'review', dismissed: true })], 1],
  ['what is of this environment', [said(1, { environment: 'prod' }), said(2, { environment: 'dev' })], 1],
  ['a yes', [said(1), said(2, { answer: 'no' })], 1],
  ['what approves', [said(1), said(2, { override: { policy: 'p', reason: 'r' } })], 1],
  ['what is of this stack', [said(1), said(2, { digests: {} })], 1],
  ['what the approver said', [said(1), said(2, { login: 'other' })], 1],
])('of what was said, the ground is %s', (_, statements, id) => {
  expect(groundsOf(decision, statements).approvals?.map((a) => a.id)).toEqual([id]);
});
