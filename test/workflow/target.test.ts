import { describe, expect, test } from 'vitest';
import { callerAccount } from '../../src/provider/aws/account.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { openTarget } from '../../src/workflow/target.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { answeringServer, type Reply } from '../provider/aws/answering.ts';

const server = await answeringServer();
const account = '222222222222';
const role = `arn:aws:iam::${account}:role/slipway-prod`;
const environment = { name: 'prod', region: 'eu-west-1', account, role, after: [], approvals: [] };
const stack = 'acme/shop:infra/shop.yaml@prod';

const sts = (action: string, result: string): Reply => ({
  status: 200,
  body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
});
const denied = (message: string): Reply => ({
  status: 403,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`,
});
const session =
  '<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>';

function open(more: object = {}, use: object = {}) {
  server.answers.set('GetCallerIdentity', sts('GetCallerIdentity', `<Account>${account}</Account>`));
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const workflow = {
    openAws: (target: object) =>
      openAws({ region: 'eu-west-1', endpoint: server.url, credentials, ...target }),
    defaultRegion: undefined,
  } as unknown as Workflow;
  return openTarget(workflow, { ...environment, ...more }, { stack, ...use });
}

const asked = () => Object.fromEntries(server.bodies.find((b) => b.get('Action') === 'AssumeRole') ?? []);

describe('a target in another account', () => {
  test('is reached by its role, in a session that says for whom', async () => {
    server.answers.set('AssumeRole', sts('AssumeRole', session));
    const { aws } = await open({ 'external-id': 'acme-42' }, { session: 'pr-12' });
    expect(await callerAccount(aws)).toBe(account);
    expect(asked()).toMatchObject({
      RoleArn: role,
      ExternalId: 'acme-42',
      RoleSessionName: 'slipway-pr-12-acme-shop',
      'Tags.member.1.Key': 'slipway:repository',
      'Tags.member.1.Value': 'acme/shop',
      'Tags.member.2.Key': 'slipway:environment',
      'Tags.member.2.Value': 'prod',
    });
    // Whose account it is was asked before anything else was done.
    expect(server.actions.slice(0, 2)).toEqual(['AssumeRole', 'GetCallerIdentity']);
  });

  test('needs no external id', async () => {
    server.answers.set('AssumeRole', sts('AssumeRole', session));
    await open();
    expect(asked()).toMatchObject({ RoleSessionName: 'slipway-acme-shop' });
    expect(asked()).not.toHaveProperty('ExternalId');
  });

  test.each([
    [
      'lets no session be tagged',
      'User: arn:aws:iam::1:user/a is not authorized to perform: sts:TagSession on resource: x',
      {},
      /does not let Slipway tag/,
      /Allow sts:TagSession .* slipway:repository and slipway:environment/,
    ],
    [
      'asks for an external id that is not set',
      'User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole on resource: x',
      {},
      /may not assume the role arn:aws:iam::222222222222:role\/slipway-prod/,
      /set external-id/,
    ],
    [
      'asks for another external id',
      'User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole on resource: x',
      { 'external-id': 'acme-43' },
      /may not assume/,
      /Check that it asks for the external id/,
    ],
  ])('whose role %s is refused in words that help', async (_, message, more, summary, remedy) => {
    server.answers.set('AssumeRole', denied(message));
    await expect(open(more)).rejects.toMatchObject({
      code: 'cloud-denied',
      problem: { summary: expect.stringMatching(summary), remedy: expect.stringMatching(remedy) },
    });
    expect(server.actions).toEqual(['AssumeRole']);
  });
});
