import pg from 'pg';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { describeWithServices } from '../services.ts';
import { startAuditingVault } from './auditing-vault.ts';
import { contractOf } from './contract.ts';
import type { Example } from './examples/example.ts';
import { vaultExamples } from './examples/vault/index.ts';
import { importedAsItIs } from './imported-as-it-is.ts';
import { quickClock } from './quick-clock.ts';
import { vaultContextOf } from './vault-context.ts';
import { mountEngines } from './vault-engines.ts';
import type { Workbench } from './workbench.ts';

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
    const all = vaultExamples(postgres.url);
    const benchFor = ({ type }: Example): Workbench => {
      const server = type === 'Vault::Audit' ? auditing : vault;
      const stack = `acme/shop:infra/${type.replaceAll('::', '-')}.yaml@test`;
      return { types: registry, schemas: typeSchemas, context: contextFor(stack, server) };
    };
    for (const example of all) describe(example.type, () => contractOf(example, () => benchFor(example)));

    const adoptable = all.filter(({ type }) => !('refused' in registry[type]!.adoption!));
    test.each(adoptable)('$type is imported as it is', (example) =>
      importedAsItIs(example, benchFor(example)),
    );
  },
);
