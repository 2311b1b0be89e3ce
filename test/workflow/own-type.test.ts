import { expect, test } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { countActions } from '../../src/plan/plan.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { openMemoryDatabase } from '../db/databases.ts';
import { policyOf } from '../policy/policy-text.ts';
import { acmeDnsRecord, acmeDnsRecordSchema } from '../provider/acme-dns-record.ts';
import { startDnsServer } from '../provider/acme-dns-server.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';

const template = (ttl: number) => `
Resources:
  Address:
    Type: AWS::EC2::VPC
    Properties: { CidrBlock: 10.8.0.0/16 }
  Record:
    Type: Acme::DNS::Record
    Properties:
      Name: shop.acme.example
      Kind: TXT
      Values: [!Ref Address]
      Ttl: ${ttl}
Outputs:
  Name: { Value: !GetAtt Record.Fqdn }
`;

const noVpcIds = policyOf({
  id: 'no-vpc-ids',
  packs: ['strict'],
  match: { types: ['Acme::DNS::Record'] },
  foreach: 'Values[*]',
  deny: "each.startsWith('vpc-')",
  message: '${{ each }} is no name',
  examples: {
    pass: [{ type: 'Acme::DNS::Record', properties: {} }],
    fail: [{ type: 'Acme::DNS::Record', properties: { Values: ['vpc-1'] } }],
  },
});

await describeWithServices("A type of an operator's own, beside AWS's", ['moto'], ({ moto }) => {
  test('is validated, planned, applied, changed and removed like any other', async () => {
    const dns = await startDnsServer();
    const database = await openMemoryDatabase();
    try {
      const masker = createMasker();
      const opened = await openWorkflow({
        database,
        masker,
        log: createLog({ level: 'silent', mask: masker.mask }),
        policies: [noVpcIds],
        defaultRegion: 'eu-west-1',
        types: [{ type: acmeDnsRecord(dns.url), schema: acmeDnsRecordSchema }],
      });
      const workflow: Workflow = {
        ...opened,
        openAws: (target) => openAws({ ...awsClientConfig(moto), ...target }),
      };
      const source = (text: string | undefined): StackSource => ({
        stack: 'acme/shop:infra/shop.yaml@dev',
        environment: { name: 'dev', after: [], approvals: [] },
        file: 'infra/shop.yaml',
        text,
        packs: [],
      });
      const apply = async (text: string | undefined) => {
        const outcome = await applyStack(workflow, { source: source(text), cause: {}, permit: () => true });
        expect(outcome.status).toBe('succeeded');
        return outcome;
      };

      const misspelt = await planStack(workflow, source(template(300).replace('Kind', 'Knid')));
      expect(misspelt.diagnostics.map((d) => d.remedy)).toContain('Did you mean Kind?');

      const first = await apply(template(300));
      expect(first.result?.outputs.Name?.value).toBe('shop.acme.example.');
      const [record] = dns.records.values();
      expect(record?.values[0]).toMatch(/^vpc-/);

      const again = await planStack(workflow, source(template(300)));
      expect(countActions(again.plan!)).toMatchObject({ none: 2, update: 0 });
      const changed = await apply(template(600));
      expect(countActions(changed.planned.plan!)).toMatchObject({ none: 1, update: 1 });
      expect([...dns.records.values()][0]?.ttl).toBe(600);

      await apply(undefined);
      expect(dns.records.size).toBe(0);

      // The policy is in force from here: what hangs on the VPC's id is decided when there is one.
      const judged = { ...source(template(300)), packs: ['strict'] };
      const planned = await planStack(workflow, judged);
      expect(planned.findings).toMatchObject([{ policy: 'no-vpc-ids', undecided: true, path: 'Values[0]' }]);
      const refused = await applyStack(workflow, { source: judged, cause: {}, permit: () => true });
      expect(refused).toMatchObject({ status: 'failed', result: { done: [{ id: 'create Address' }] } });
      expect(refused.result?.failed[0]?.error).toMatch(
        /The policy no-vpc-ids stands against Record.Values\[0\]: vpc-\w+ is no name .*\n.*decided now/,
      );
      expect(dns.records.size).toBe(0);
      const lifting = { policy: 'no-vpc-ids', by: 'reviewer', reason: 'for now' };
      const lifted = {
        source: judged,
        cause: {},
        permit: () => true,
        grounds: () => ({ overrides: [lifting] }),
      };
      expect(await applyStack(workflow, lifted)).toMatchObject({ status: 'succeeded' });
      const [run] = await workflow.state.runs(judged.stack, 1);
      expect(run?.cause).toEqual({ overridden: 'no-vpc-ids' });
      await apply(undefined);
    } finally {
      await database.close();
      await dns.stop();
    }
  });
});
