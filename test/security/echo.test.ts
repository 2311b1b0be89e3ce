/**
 * A secret echoed: written by a template into whatever is shown, and quoted by the cloud in its errors. Nobody has to
 * approve a plan for it to be shown, so what anybody can read after it is looked through.
 */
import { expect, test } from 'vitest';
import { SlipwayError } from '../../src/base/error.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import { applyMerge } from '../../src/workflow/apply-merge.ts';
import { reviewPullRequest } from '../../src/workflow/review-pull-request.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { approved, openHub, openWorld, stack } from './world.ts';

const plaintext = 'Tr0ub4dor&3/"horse"';
const reference = '{{resolve:secretsmanager:prod/database}}';
/** As it would stand in JSON, in Base64 and in a URL; the first letters alone are too many. */
const forms = [
  'Tr0ub',
  Buffer.from(plaintext).toString('base64').slice(0, 20),
  encodeURIComponent(plaintext),
];

/** The workflow, in an account that has the secret. */
function withSecret(workflow: PullRequestWorkflow): PullRequestWorkflow {
  const getSecretValue = async () => ({ SecretString: plaintext });
  return {
    ...workflow,
    openAws: (options) =>
      ({ ...workflow.openAws(options), secretsManager: async () => ({ getSecretValue }) }) as unknown as Aws,
  };
}

const thing = (Name: unknown, more: object = {}) =>
  JSON.stringify({
    Parameters: {
      Password: { Type: 'String', NoEcho: true, Default: plaintext },
      Words: { Type: 'CommaDelimitedList', NoEcho: true, Default: `${plaintext},b` },
    },
    Resources: { A: { Type: 'Acme::Thing', Properties: { Name } } },
    ...more,
  });

const password = { Ref: 'Password' };
const output = (Value: unknown) => ({ Outputs: { Out: { Value } } });

const cases: readonly (readonly [string, string, 'is planned' | 'is refused'])[] = [
  ['a property', thing(reference), 'is planned'],
  ['a text around it', thing(`user:${reference}@db`), 'is planned'],
  ['Fn::Sub', thing({ 'Fn::Sub': ['db://${P}', { P: reference }] }), 'is planned'],
  ['Fn::Sub by the name of a parameter', thing({ 'Fn::Sub': 'db://${Password}' }), 'is planned'],
  ['Fn::Join', thing({ 'Fn::Join': ['-', ['a', password, reference]] }), 'is planned'],
  ['Fn::Base64', thing({ 'Fn::Base64': { 'Fn::Sub': 'export P=${Password}' } }), 'is planned'],
  ['Fn::ToJsonString', thing({ 'Fn::ToJsonString': { a: password, b: reference } }), 'is planned'],
  ['Fn::Select of a list', thing({ 'Fn::Select': [0, { Ref: 'Words' }] }), 'is planned'],
  [
    'Fn::If',
    thing({ 'Fn::If': ['C', password, 'x'] }, { Conditions: { C: { 'Fn::Equals': [password, password] } } }),
    'is planned',
  ],
  ['an output', thing('a', output(password)), 'is planned'],
  ['an output, in Base64', thing('a', output({ 'Fn::Base64': reference })), 'is planned'],
  ['an output of the property', thing(reference, output({ 'Fn::GetAtt': ['A', 'Name'] })), 'is refused'],
  [
    'the name of an export',
    thing('a', { Outputs: { Out: { Value: 'x', Export: { Name: { 'Fn::Sub': 'e-${Password}' } } } } }),
    'is refused',
  ],
  [
    'the value of an export',
    thing('a', { Outputs: { Out: { Value: password, Export: { Name: 'e' } } } }),
    'is planned',
  ],
  [
    'Fn::ImportValue, in an error',
    thing({ 'Fn::ImportValue': { 'Fn::Sub': 'e-${Password}' } }),
    'is refused',
  ],
  [
    'Fn::FindInMap, in an error',
    thing({ 'Fn::FindInMap': ['M', password, 'x'] }, { Mappings: { M: { a: { x: 'y' } } } }),
    'is refused',
  ],
  ['Fn::Cidr, in an error', thing({ 'Fn::Select': [0, { 'Fn::Cidr': [password, 1, 8] }] }), 'is refused'],
  ['an index, in an error', thing({ 'Fn::Select': [password, ['a']] }), 'is refused'],
  ['Fn::GetAZs, in an error', thing({ 'Fn::Select': [0, { 'Fn::GetAZs': password }] }), 'is refused'],
  [
    'the metadata of Slipway, in an error',
    JSON.stringify({
      Parameters: { Password: { Type: 'String', NoEcho: true, Default: plaintext } },
      Resources: {
        A: { Type: 'Acme::Thing', Metadata: { Slipway: { Import: password } }, Properties: { Name: 'a' } },
      },
    }),
    'is refused',
  ],
  [
    'a parameter that breaks its pattern',
    thing('a').replace('"NoEcho":true', '"NoEcho":true,"AllowedPattern":"x"'),
    'is refused',
  ],
];

test('a template writes a secret into all that is shown: nobody reads it', async () => {
  const { workflow } = await openWorld();
  const hub = openHub();
  const checks: unknown[] = [];
  const world = { ...hub, publishChecks: async (...published: unknown[]) => void checks.push(published) };
  const leaks: string[] = [];
  const otherwise: string[] = [];
  for (const [index, [what, text, expected]] of cases.entries()) {
    const number = index + 1;
    hub.open(number, text);
    await reviewPullRequest(withSecret(workflow), world, number);
    const record = await workflow.pullRequests.get('acme/shop', number);
    const shown = JSON.stringify([[...hub.comments.values()], checks, record]);
    if (forms.some((form) => shown.includes(form))) leaks.push(what);
    const isPlanned = record?.review.stacks[0]?.plan !== undefined;
    if (isPlanned !== (expected === 'is planned')) otherwise.push(what);
  }
  expect(leaks).toEqual([]);
  expect(otherwise).toEqual([]);
});

test('the cloud quotes a secret in an error: neither the comment nor the run has it', async () => {
  const { workflow, cloud } = await openWorld();
  const hub = openHub();
  const masked = {
    ...hub,
    // As all that is written to GitHub.
    writeComment: (number: number, id: number | undefined, body: string) =>
      hub.writeComment(number, id, workflow.masker.mask(body)),
    raiseIssue: async (_: string, ...texts: readonly string[]) =>
      void issues.push(...texts.map((text) => workflow.masker.mask(text))),
  };
  const issues: string[] = [];
  cloud.beforeCreate = async (name) => {
    throw new SlipwayError('cloud-refused', { summary: `ValidationError: the name ${name} is taken` });
  };
  await approved(withSecret(workflow), masked, 1, thing(reference));
  hub.merge(1);
  await applyMerge(withSecret(workflow), masked, 1);
  const [run] = await workflow.state.runs(stack, 1);
  expect(run?.status).toBe('failed');
  expect(issues.join()).toContain('ValidationError');
  const told = JSON.stringify([[...hub.comments.values()], issues]);
  for (const form of forms) expect(told).not.toContain(form);
  for (const form of forms) expect(workflow.masker.mask(JSON.stringify(run))).not.toContain(form);
});
