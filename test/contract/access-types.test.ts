import { afterAll, describe } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Aws } from '../../src/provider/aws/aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { startAcmePeople } from '../provider/slipway/access/acme-people.ts';
import { contractOf } from './contract.ts';
import { accessExamples } from './examples/access.ts';
import { contextOf } from './workbench.ts';

describe('the contract of resource types, on people at a GitHub', async () => {
  const acme = await startAcmePeople();
  afterAll(() => acme.stop());
  const noAws = {} as Aws;
  for (const example of accessExamples) {
    describe(example.type, () => {
      contractOf(example, () => ({
        types: registry,
        schemas: typeSchemas,
        context: {
          ...contextOf(noAws, systemClock, 'acme/shop:infra/operators.yaml@test'),
          directory: acme.directory(),
        },
      }));
    });
  }
});
