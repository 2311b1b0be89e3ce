import { afterAll, describe, expect, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import { contractOf } from './contract.ts';
import { accessExamples } from './examples/access.ts';
import { examples } from './examples/index.ts';
import { vaultExamples } from './examples/vault/index.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf } from './workbench.ts';

test('every registered type has an example', () => {
  const all = [...examples, ...accessExamples, ...vaultExamples('postgres://localhost')];
  expect(all.map(({ type }) => type).sort()).toEqual(Object.keys(registry).sort());
});

test('every type is registered under its own name', () => {
  for (const [name, { type }] of Object.entries(registry)) expect(type).toBe(name);
});

await describeWithServices(
  'the contract of resource types, on moto made as strict as AWS',
  ['moto'],
  async ({ moto }) => {
    const clock = quickClock();
    const proxy = await startFaultProxy({ target: moto.url, rules: likeAws, clock });
    const aws = openAws(awsClientConfig(moto, proxy.url));
    afterAll(async () => {
      aws.destroy();
      await proxy.stop();
    });
    for (const example of examples) {
      describe(example.type, () => {
        contractOf(example, () => ({
          types: registry,
          schemas: typeSchemas,
          context: contextOf(aws, clock, `acme/shop:infra/${example.type.replaceAll('::', '-')}.yaml@test`),
        }));
      });
    }
  },
);
