import { describe, expect, test } from 'vitest';
import { parseCommand, verbs } from '../../src/approval/command.ts';

const approve = { kind: 'command', verb: 'approve' };

describe('a comment that is a command', () => {
  test.each<readonly [string, unknown]>([
    ['approve', approve],
    ['APPROVE', approve],
    ['Approve', approve],
    ['  approve\t ', approve],
    ['\r\n\r\napprove\r\n', approve],
    ['/slipway approve', approve],
    ['/Slipway Approve', approve],
    ['/slipway approve prod', { ...approve, environment: 'prod' }],
    ['approve prod', { ...approve, environment: 'prod', plain: true }],
    ['Approve  prod', { ...approve, environment: 'prod', plain: true }],
    ['/slipway\t plan   dev-2 ', { kind: 'command', verb: 'plan', environment: 'dev-2' }],
    [
      '/slipway override no-public-ssh  until the bastion | is there',
      {
        kind: 'command',
        verb: 'override',
        policy: 'no-public-ssh',
        reason: 'until the bastion | is there',
      },
    ],
    ['/slipway override no-public-ssh', { kind: 'command', verb: 'override', policy: 'no-public-ssh' }],
    ['/slipway', { kind: 'command', verb: 'help' }],
    ['/slipway   ', { kind: 'command', verb: 'help' }],
    ...Object.keys(verbs).map((verb) => [`/slipway ${verb}`, { kind: 'command', verb }] as const),
  ])('%j', (body, expected) => {
    expect(parseCommand(body)).toEqual(expected);
  });
});

describe('a comment that looks like a command and is none, with what was meant', () => {
  test.each([
    ['/slipway aprove', '/slipway approve'],
    ['/slipway aprove prod', '/slipway approve prod'],
    ['/slipway rety', '/slipway retry'],
    ['/slipway frobnicate', undefined],
    ['/slipway plan dev please', '/slipway plan'],
    ['/slipway plan dev@x', '/slipway plan'],
    ['/slipway plan --force', '/slipway plan'],
    ['/slipway constructor', undefined],
  ])('%j', (body, suggestion) => {
    expect(parseCommand(body)).toEqual({
      kind: 'unknown',
      text: body,
      ...(suggestion ? { suggestion } : {}),
    });
  });

  test('a verb that does not work yet is not known', () => {
    expect(parseCommand('/slipway destroy')).toMatchObject({ kind: 'unknown' });
  });
});

describe('a comment that only talks about a command', () => {
  test.each([
    ['a quote', '> approve'],
    ['a quote and an answer', '> approve\n\nno'],
    ['a code span', '`approve`'],
    ['a code block', '```\napprove\n```'],
    ['an indented code block', '    approve'],
    ['a code block indented with a tab', '\tapprove'],
    ['a code block indented with spaces and a tab', '  \tapprove'],
    ['a sentence', 'I approve'],
    ['a longer word', 'approved'],
    ['with a full stop', 'approve.'],
    ['of two words more', 'approve prod please'],
    ['of what is no name', 'approve @reviewer'],
    ['a command and thanks', '/slipway approve\nthanks'],
    ['a command in the middle of a text', 'please /slipway approve'],
    ['another bot', '/slipwaycheck approve'],
    ['two commands', 'approve\napprove'],
    ['a letter that only looks like one', 'аpprove'],
    ['a mark that cannot be seen', 'app\u200brove'],
    ['HTML', '<b>approve</b>'],
    ['an HTML comment', '<!--\napprove\n-->'],
    ['a heading', '# approve'],
    ['an item', '- approve'],
    ['nothing', ''],
    ['a very long text', `approve${' '.repeat(70_000)}x`],
  ])('%s', (_, body) => {
    expect(parseCommand(body)).toBeUndefined();
  });
});
