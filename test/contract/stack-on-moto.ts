/** A stack that is planned and applied as Slipway does it, from the template's text, on a real emulator. */
import { createLog } from '../../src/base/log.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import type { Workflow } from '../../src/workflow/workflow.ts';
import { createMemoryState } from '../apply/memory-state.ts';
import { quickClock } from './quick-clock.ts';

/** @param config of the AWS clients: `awsClientConfig` */
export function workflowOnMoto(
  name: string,
  config: { readonly region: string; readonly endpoint: string },
): Workflow {
  const clock = quickClock();
  const masker = createMasker();
  let ids = 0;
  return {
    state: createMemoryState(() => clock.now().getTime(), Date.now),
    types: registry,
    schemas: typeSchemas,
    policies: () => [],
    openAws: (target) => openAws({ ...config, ...target }),
    fingerprintKey: 'key',
    defaultRegion: config.region,
    clock,
    newId: (kind) => `${kind}-${name}-${++ids}`,
    log: createLog({ level: 'silent', mask: (text) => text }),
    masker,
    holder: 'test',
  };
}

/** @param config of the AWS clients: `awsClientConfig` */
export function stackOnMoto(name: string, config: { readonly region: string; readonly endpoint: string }) {
  const workflow = workflowOnMoto(name, config);
  const sourceOf = (resources: object | undefined, outputs: object | undefined): StackSource => ({
    stack: `acme/shop:infra/${name}.json@test`,
    environment: { name: 'test', after: [], approvals: [] } as unknown as StackSource['environment'],
    file: `${name}.json`,
    text: resources && JSON.stringify({ Resources: resources, Outputs: outputs }),
    packs: [],
  });
  return {
    state: workflow.state,
    /** Plans these resources; no resources means that the template is gone. */
    plan: (resources: object | undefined, outputs?: object) =>
      planStack(workflow, sourceOf(resources, outputs)),
    apply: (resources: object | undefined, outputs?: object) =>
      applyStack(workflow, { source: sourceOf(resources, outputs), cause: {}, permit: () => true }),
  };
}
