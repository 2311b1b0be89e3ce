import { expect, test } from 'vitest';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import type { StackSource } from '../../src/workflow/plan-stack.ts';
import { openWorld, stack, thingsNamed } from '../security/world.ts';

const secretly = (description: string) =>
  JSON.stringify({
    Description: description,
    Parameters: { Password: { Type: 'String', NoEcho: true } },
    Resources: {
      First: { Type: 'Acme::Thing', Properties: { Name: 'first' } },
      Second: { Type: 'Acme::Thing', DependsOn: 'First', Properties: { Name: { Ref: 'Password' } } },
    },
  });

const password = { file: 'infra/a.dev.params.yaml', text: 'Password: second\n' };

const sourceOf = (text: string, parameters?: StackSource['parameters']): StackSource => ({
  stack,
  environment: { name: 'dev', region: 'eu-west-1', account: '111111111111', after: [], approvals: [] },
  file: 'infra/a.yaml',
  text,
  packs: [],
  ...(parameters ? { parameters } : {}),
});

const unreadable = ['Resources: [', '', 'Resources:\n  First:\n    Type: Acme::Thin\n'];

test.each<[string, StackSource, StackSource, string, string[]]>([
  ...unreadable.map((text): [string, StackSource, StackSource, string, string[]] => [
    `the template is ${JSON.stringify(text)} by now`,
    sourceOf(thingsNamed('first', 'second')),
    sourceOf(text),
    'succeeded',
    ['first', 'second'],
  ]),
  [
    'the template is gone, and the parameter file still has the secret',
    sourceOf(secretly('no more than that'), password),
    sourceOf('Resources: [', password),
    'succeeded',
    ['first', 'second'],
  ],
  [
    'the secret is gone, too',
    sourceOf(secretly('no more than that'), password),
    sourceOf('Resources: ['),
    'failed',
    ['first'],
  ],
  [
    'the template was not kept, because it had the secret in its text',
    sourceOf(secretly('makes the second'), password),
    sourceOf('Resources: [', password),
    'failed',
    ['first'],
  ],
])('a run that a dead process left comes to its end, where %s', async (_, begun, now, status, there) => {
  const { workflow, cloud } = await openWorld();
  const stop = new AbortController();
  cloud.beforeCreate = async () => stop.abort(new Error('this process has to end'));
  const apply = (source: StackSource, signal?: AbortSignal) =>
    applyStack(workflow, {
      source,
      cause: { commit: source === begun ? 'one' : 'two' },
      permit: () => true,
      ...(signal ? { signal } : {}),
    });
  expect((await apply(begun, stop.signal)).status).toBe('interrupted');
  cloud.beforeCreate = async () => {};
  expect(await workflow.state.unfinishedRun(stack)).toBeDefined();

  const refused = await apply(now);
  expect(refused.status).toBe('unplannable');
  expect(refused.planned.diagnostics.map((d) => d.code.replace(/-.*/, ''))).toContain('template');
  expect(await workflow.state.unfinishedRun(stack)).toBeUndefined();
  expect((await workflow.state.runs(stack, 5)).map((run) => run.status)).toEqual([status]);
  expect([...cloud.things.keys()]).toEqual(there);
  expect((await workflow.state.resources(stack)).map((r) => r.physicalId).sort()).toEqual(there);

  // Nothing is in the way of what comes next.
  expect((await apply(sourceOf(thingsNamed('first')))).status).toBe('succeeded');
  expect([...cloud.things.keys()]).toEqual(['first']);
});
