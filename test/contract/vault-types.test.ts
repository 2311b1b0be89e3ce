import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { describeWithServices } from '../services.ts';
import { startAuditingVault } from './auditing-vault.ts';
import { contractOf } from './contract.ts';
import { vaultExamples } from './examples/vault/index.ts';
import { quickClock } from './quick-clock.ts';
import { vaultContextOf } from './vault-context.ts';
import { mountEngines } from './vault-engines.ts';

await describeWithServices(
  'the contract of resource types, on Vault with a database',
  ['vault', 'postgres'],
  async ({ vault, postgres }) => {
    const auditing = await startAuditingVault();
    afterAll(() => auditing.stop());
    const aws = openAws({ region: 'eu-west-1' });
    const contextFor = (stack: string, server = vault) => vaultContextOf(server, aws, quickClock(), stack);
    beforeAll(async () => {
      await mountEngines(contextFor('acme/shop:infra/shop.yaml@test').vault.vault);
      const client = new pg.Client({ connectionString: postgres.url });
      await client.connect();
      await client.query('DROP ROLE IF EXISTS shop_static');
      await client.query('CREATE ROLE shop_static LOGIN');
      await client.end();
    });
    for (const example of vaultExamples(postgres.url)) {
      describe(example.type, () => {
        const stack = `acme/shop:infra/${example.type.replaceAll('::', '-')}.yaml@test`;
        const server = example.type === 'Vault::Audit' ? auditing : vault;
        contractOf(example, () => ({
          types: registry,
          schemas: typeSchemas,
          context: contextFor(stack, server),
        }));
      });
    }
  },
);
