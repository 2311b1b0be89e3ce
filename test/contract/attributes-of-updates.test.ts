import { expect, test } from 'vitest';
import { isUnknown, unknown } from '../../src/base/value.ts';
import { hasChanges } from '../../src/plan/plan.ts';
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

    test('an output has the address that an instance gets, gives to another, and loses', async () => {
      const stack = stackOnMoto('addresses', awsClientConfig(moto));
      const instance = { Type: 'AWS::EC2::Instance', Properties: { ImageId: 'ami-12c6146b' } };
      const address = (of: string) => ({
        Type: 'AWS::EC2::EIP',
        Properties: { InstanceId: { Ref: of } },
      });
      const both = { One: instance, Other: instance };
      const outputs = Object.fromEntries(
        ['One', 'Other'].map((id) => [id, { Value: { 'Fn::GetAtt': [id, 'PublicIp'] } }]),
      );
      const settled = async (resources: object) => {
        expect((await stack.apply(resources, outputs)).status).toBe('succeeded');
        const { plan } = await stack.plan(resources, outputs);
        expect(plan && hasChanges(plan)).toBe(false);
        const given = (await stack.state.stack('acme/shop:infra/addresses.json@test'))?.outputs;
        const records = await stack.state.resources('acme/shop:infra/addresses.json@test');
        return { given, elastic: records.find((r) => r.logicalId === 'Ip')?.attributes.PublicIp };
      };
      const first = await settled({ ...both, Ip: address('One') });
      expect(first.given?.One?.value).toBe(first.elastic);
      const { plan } = await stack.plan({ ...both, Ip: address('Other') }, outputs);
      expect(plan?.outputs.map(({ after }) => isUnknown(after))).toEqual([true, true]);
      const second = await settled({ ...both, Ip: address('Other') });
      expect(second.given?.Other?.value).toBe(second.elastic);
      // The emulator leaves it on the first instance as well, so there is nothing to see there.
      const third = await settled(both);
      expect(third.given?.Other?.value).not.toBe(second.elastic);
      expect((await stack.apply(undefined)).status).toBe('succeeded');
    });
  },
);
