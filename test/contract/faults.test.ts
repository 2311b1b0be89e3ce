import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import { openAws } from '../../src/provider/aws/open-aws.ts';
import { registry, resourceType } from '../../src/provider/registry.ts';
import { typeSchemas } from '../../src/provider/schemas.ts';
import { likeAws, type Rule, startFaultProxy } from '../../src/sandbox/fault-proxy/index.ts';
import { drawn } from '../seeded.ts';
import { awsClientConfig, describeWithServices } from '../services.ts';
import type { Example } from './examples/example.ts';
import { examples } from './examples/index.ts';
import { quickClock } from './quick-clock.ts';
import { contextOf, create, makeNeeds, plan, read, remove, resolve, type Workbench } from './workbench.ts';

/** What may go wrong around the call that makes a resource. After each there is exactly one of it. */
const faults: Readonly<Record<string, (creates: string) => Rule[]>> = {
  'the answer to its create is lost': (action) => [
    { match: { action, nth: 1 }, fault: { kind: 'cut', when: 'after' } },
  ],
  'its create is cut before it reaches AWS': (action) => [
    { match: { action, nth: 1 }, fault: { kind: 'cut', when: 'before' } },
  ],
  'its create is done and answered with 500': (action) => [
    { match: { action, nth: 1 }, fault: { kind: 'server-error', when: 'after' } },
  ],
  'its create is throttled': (action) => [{ match: { action, nth: 1 }, fault: { kind: 'throttle' } }],
  'AWS does not show it at first': (action) => [
    { match: { action }, fault: { kind: 'hide', for: { reads: 3 }, from: 'every-call' } },
  ],
  'the answer is lost, and AWS does not show it at first': (action) => [
    { match: { action }, fault: { kind: 'hide', for: { reads: 3 }, from: 'every-call' } },
    { match: { action, nth: 1 }, fault: { kind: 'cut', when: 'after' } },
  ],
};

const throttled = 'lives with a call in six throttled';

await describeWithServices('resource types when things go wrong', ['moto'], async ({ moto }) => {
  const clock = quickClock();
  const proxy = await startFaultProxy({ target: moto.url, clock });
  const aws = openAws(awsClientConfig(moto, proxy.url));
  // Counts are asked of moto itself, where nothing is hidden.
  const direct = openAws(awsClientConfig(moto));
  const benchFor = (name: string): Workbench => ({
    types: registry,
    schemas: typeSchemas,
    context: contextOf(aws, clock, `acme/shop:infra/${name}.yaml@test`),
  });
  const rule = (...rules: readonly Rule[]) => {
    for (const one of rules) proxy.rules.add(one);
  };

  afterEach(() => proxy.reset());
  afterAll(async () => {
    aws.destroy();
    direct.destroy();
    await proxy.stop();
  });

  const asked = examples.filter(({ notOnMoto }) => notOnMoto === undefined);
  describe.each(asked)('$type', (example: Example) => {
    const chosen = new Set(drawn('FAULTS', [...Object.keys(faults), throttled], 1));
    const entries = Object.entries(faults).filter(([name]) => chosen.has(name));
    test.each(entries)('is made once when %s', async (name, rulesOf) => {
      const bench = benchFor(`${example.type}-${name.length}`.replaceAll('::', '-'));
      rule(...likeAws);
      const needs = await makeNeeds(bench, example);
      const properties = resolve(example.properties, needs.refs) as Properties;
      rule(...rulesOf(example.creates));
      const made = await create(bench, 'Example', example.type, properties);
      expect(await example.count(direct, made.live, made.intent)).toBe(1);
      expect(await plan(bench, made, properties)).toMatchObject({
        action: 'none',
        differences: [],
        drift: [],
      });
      await remove(bench, made);
      await needs.remove();
    });

    if (!chosen.has(throttled)) return;
    test(throttled, async () => {
      const bench = benchFor(`${example.type}-throttled`.replaceAll('::', '-'));
      const needs = await makeNeeds(bench, example);
      const properties = resolve(example.properties, needs.refs) as Properties;
      rule({ match: { action: '*', chance: 0.16 }, fault: { kind: 'throttle' } });
      const made = await create(bench, 'Example', example.type, properties);
      expect(await read(bench, made)).toMatchObject({ physicalId: made.live.physicalId });
      await remove(bench, made);
      expect(
        await resourceType(example.type).read({ ...bench.context, by: 'id', once: (_key, ask) => ask() }, [
          made.record,
        ]),
      ).toEqual(new Map());
      proxy.reset();
      await needs.remove();
    });
  });
});
