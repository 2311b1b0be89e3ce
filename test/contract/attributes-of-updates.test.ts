import { expect, test } from 'vitest';
import { unknown } from '../../src/base/value.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { stackOnMoto } from './stack-on-moto.ts';

await describeWithServices(
  'what refers to an attribute that an update changes',
  ['moto'],
  async ({ moto }) => {
    const resources = (type: string) => ({
      Template: {
        Type: 'AWS::EC2::LaunchTemplate',
        Properties: { LaunchTemplateData: { ImageId: 'ami-12c6146b', InstanceType: type } },
      },
      Group: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: {
          GroupDescription: 'example',
          Tags: [{ Key: 'template', Value: { 'Fn::GetAtt': ['Template', 'LatestVersionNumber'] } }],
        },
      },
    });

    test('is planned as known after the apply, and follows', async () => {
      const stack = stackOnMoto('numbers', awsClientConfig(moto));
      expect((await stack.apply(resources('t3.micro'))).status).toBe('succeeded');
      expect((await stack.plan(resources('t3.micro'))).plan?.changes.map((c) => c.action)).toEqual([
        'none',
        'none',
      ]);

      const { plan } = await stack.plan(resources('t3.small'));
      expect(plan?.changes).toMatchObject([
        { logicalId: 'Group', action: 'update', after: { Tags: [{ Key: 'template', Value: unknown }] } },
        { logicalId: 'Template', action: 'update' },
      ]);
      expect((await stack.apply(resources('t3.small'))).status).toBe('succeeded');
      const [group] = await stack.state.resources('acme/shop:infra/numbers.json@test');
      expect(group?.properties.Tags).toEqual([{ Key: 'template', Value: '2' }]);
      expect((await stack.plan(resources('t3.small'))).plan?.changes.map((c) => c.action)).toEqual([
        'none',
        'none',
      ]);
      expect((await stack.apply(undefined)).status).toBe('succeeded');
    });
  },
);
