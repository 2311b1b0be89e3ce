import { expect, test } from 'vitest';
import { settingsFile } from '../../src/settings/settings.ts';
import { decidePlan, electorate } from '../../src/workflow/gate.ts';
import { settingsOf } from '../../src/workflow/read-settings.ts';
import type { Repository } from '../../src/workflow/repository.ts';
import type { PullRequestWorkflow } from '../../src/workflow/workflow.ts';
import { allCreated } from '../review/plans.ts';

const text = `environments:
  dev: { approvals: [{ from: ["@security"], when: "cost.change > 100" }] }
prices:
  currency: USD
  resources: { AWS::EC2::Instance: { by: InstanceType, values: { t3.micro: 100.5 } } }
`;

test("the settings' prices reach the gate of a pull request", async () => {
  const { settings } = settingsOf(new Map([[settingsFile, text]]));
  const workflow = {
    pullRequests: { pushers: async () => [], proposersOf: async () => [] },
  } as unknown as PullRequestWorkflow;
  const repository = {
    fullName: 'acme/shop',
    people: async () => ({ people: [], members: {}, missingTeams: [], committers: [] }),
  } as unknown as Repository;
  const pullRequest = { number: 12, author: 'author', labels: [], headSha: 'a' };
  const about = { paths: [], owned: [] };
  const electors = await electorate(workflow, repository, pullRequest, settings!, undefined, about);
  const decision = decidePlan(allCreated(), [], settings!.environments[0]!, [], electors);
  expect(decision).toMatchObject({ summary: 'Waiting for @security', cost: { change: 100.5 } });
  expect(decision.rules[0]).not.toHaveProperty('problem');
});
