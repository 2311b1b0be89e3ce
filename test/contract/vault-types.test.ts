import { describe } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { describeWithServices } from '../services.ts';
import { contractOf } from './contract.ts';
import { vaultExamples } from './examples/vault/index.ts';
import { quickClock } from './quick-clock.ts';
import { vaultContextOf } from './vault-context.ts';

await describeWithServices('the contract of resource types, on Vault', ['vault'], ({ vault }) => {
  const aws = openAws({ region: 'eu-west-1' });
  for (const example of vaultExamples) {
    describe(example.type, () => {
      const stack = `acme/shop:infra/${example.type.replaceAll('::', '-')}.yaml@test`;
      contractOf(example, () => ({
        types: registry,
        schemas: typeSchemas,
        context: vaultContextOf(vault, aws, quickClock(), stack),
      }));
    });
  }
});
