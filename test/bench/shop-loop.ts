import { readFile } from 'node:fs/promises';
import { createLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/db/database.ts';
import { startService } from '../../src/sandbox/services/index.ts';
import { createMasker } from '../../src/secret/masker.ts';
import { applyStack } from '../../src/workflow/apply-stack.ts';
import { openWorkflow } from '../../src/workflow/open-workflow.ts';
import { planStack, type StackSource } from '../../src/workflow/plan-stack.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import type { Figure, Scenario } from './scenario.ts';

/** Plan, apply, plan again and destroy the demo's 13 resources against the emulator: time and API calls of each. */
export const shopLoop: Scenario = {
  name: 'shop loop',
  async run(say) {
    const moto = await startService('moto', { onProgress: say });
    Object.assign(process.env, moto.environment);
    const database = await openDatabase({ memory: true });
    try {
      const masker = createMasker();
      const opened = await openWorkflow({
        database,
        masker,
        log: createLog({ level: 'silent', mask: masker.mask }),
        policies: await readPolicies(),
        defaultRegion: 'eu-west-1',
      });
      let calls = 0;
      const workflow = {
        ...opened,
        openAws: (target: Parameters<typeof opened.openAws>[0]) =>
          opened.openAws({ ...target, onCall: () => calls++ }),
      };
      const text = await readFile(
        new URL('../../src/sandbox/demo/shop/2-fixed.yaml', import.meta.url),
        'utf8',
      );
      const source: StackSource = {
        stack: 'acme/shop:infra/shop.yaml@bench',
        environment: { name: 'bench', after: [], approvals: [] },
        file: 'infra/shop.yaml',
        text,
        packs: ['default'],
      };
      const figures: Figure[] = [];
      const timed = async (what: string, work: () => Promise<unknown>) => {
        calls = 0;
        const began = performance.now();
        await work();
        const took = performance.now() - began;
        say(`${what}: ${took.toFixed(0)} ms, ${calls} calls`);
        figures.push({ what: `${what}, 13 resources`, value: took, unit: 'ms' });
        figures.push({ what: `${what}, 13 resources`, value: calls, unit: 'calls' });
      };
      const apply = async (wanted: StackSource) => {
        const { status } = await applyStack(workflow, {
          source: wanted,
          cause: { by: 'bench' },
          permit: () => true,
        });
        if (status !== 'succeeded') throw new Error(`the apply ended ${status}`);
      };
      await timed('plan', () => planStack(workflow, source));
      await timed('apply', () => apply(source));
      await timed('plan again', () => planStack(workflow, source));
      await timed('destroy', () => apply({ ...source, text: undefined }));
      return figures;
    } finally {
      await database.close();
      await moto.stop();
    }
  },
};
