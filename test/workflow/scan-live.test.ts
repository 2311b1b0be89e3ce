import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Properties } from '../../src/base/value.ts';
import type { Exception } from '../../src/policy/exceptions.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { StackSource } from '../../src/workflow/plan-stack.ts';
import { type LiveSubject, readLive } from '../../src/workflow/read-live.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { judgeLive, type LiveScan } from '../../src/workflow/scan-live.ts';
import { changeOf, planOf } from '../policy/policy-text.ts';
import { doorPolicy, noRuleForAll, openRunningWorld, type RunningWorld } from './running-world.ts';

const template = `Parameters:
  Secret: { Type: String, NoEcho: true, Default: correct-horse-battery }
Resources:
  Front:
    Type: Acme::Door
    Properties:
      Name: front
      Height: 4
      Code: !Ref Secret
      Rules:
        - staff
        - all
        - guests
`;

let world: RunningWorld;
let source: StackSource;
let front: Properties;
beforeAll(async () => {
  world = await openRunningWorld();
  source = await world.apply(template);
  front = world.doors.get('front')!;
  world.at(22);
});
afterAll(() => world.close());

/** What policies say of the running front door. */
async function scanned(
  policies: readonly Policy[],
  options: {
    readonly meanwhile?: () => void;
    readonly allow?: Exception[];
    readonly values?: Readonly<Record<string, Record<string, number>>>;
    readonly text?: undefined;
  } = {},
): Promise<LiveScan & { readonly subject: LiveSubject }> {
  world.enforce(...policies);
  world.doors.set('front', front);
  options.meanwhile?.();
  const { allow, values } = options;
  const environment = {
    ...source.environment,
    ...(allow ? { allow } : {}),
    ...(values ? { 'policy-parameters': values } : {}),
  };
  const text = 'text' in options ? options.text : source.text;
  const subject = await readLive(world.workflow, { ...source, environment, text });
  return { subject, ...judgeLive(world.workflow, subject, { ...source, environment }) };
}

test('what runs against a policy is found with the weight that it has for what is made, on the line', async () => {
  const { findings } = await scanned([noRuleForAll]);
  expect(findings).toMatchObject([
    {
      policy: 'no-rule-for-all',
      logicalId: 'Front',
      enforcement: 'overridable',
      message: 'Front lets everybody in',
      where: { file: 'infra/doors.yaml', line: 12, column: 11 },
    },
  ]);
  expect(findings[0]).not.toHaveProperty('outside');
});

describe('a policy that looks at', () => {
  const deny = 'change.action in ["create", "update", "import", "none"]';
  test.each([
    ['what is made and what is changed', ['create', 'update'], true],
    ['what is changed only', ['update', 'replace'], true],
    ['what stays', ['none'], true],
    ['imports', ['import'], true],
    ['replacements, which nothing that runs is', ['replace'], false],
    ['any change, deletes too, as a freeze does', ['create', 'update', 'delete'], false],
  ])('%s', async (_, actions, isAsked) => {
    const policy = doorPolicy({ id: 'acts', match: { types: ['Acme::Door'], actions }, deny });
    const { findings, notAsked } = await scanned([policy, noRuleForAll]);
    expect(findings.map((f) => f.policy)).toEqual(
      isAsked ? ['no-rule-for-all', 'acts'] : ['no-rule-for-all'],
    );
    expect(notAsked).toEqual(isAsked ? [] : ['acts']);
  });

  test('what changes finds no change in what only runs', async () => {
    const grows = doorPolicy({ deny: 'before.Height != after.Height || size(change.differences) > 0' });
    expect((await scanned([grows])).findings).toEqual([]);
  });

  test('the stack as a whole says so', async () => {
    const once = doorPolicy({
      once: true,
      match: { types: ['*'], actions: ['create'] },
      deny: 'plan.region != ""',
    });
    expect((await scanned([once])).findings).toMatchObject([{ ofPlan: true }]);
  });
});

describe('the settings hold', () => {
  const high = doorPolicy({
    parameters: { most: { default: 3, description: 'Metres.' } },
    deny: 'after.Height > parameters.most',
  });
  const allow = (until: string): Exception[] => [
    { policy: high.id, resource: 'Front', until, reason: 'a giant lives here', by: 'ops' },
  ];

  test.each([
    ['nothing said', {}, ['overridable']],
    ['a value of its own', { values: { [high.id]: { most: 5 } } }, []],
    ['an exception', { allow: allow('2026-11-22') }, ['advisory']],
    ['an exception that is over', { allow: allow('2026-11-21') }, ['overridable', 'advisory']],
  ])('with %s', async (_, options, weights) => {
    expect((await scanned([high], options)).findings.map((f) => f.enforcement)).toEqual(weights);
  });

  test('and an exception for a policy that there is not is an error, not a pass', async () => {
    const wrong = [{ ...allow('2026-12-31')[0]!, policy: 'small-disk' }];
    await expect(scanned([high], { allow: wrong })).rejects.toThrow('There is no policy small-disk');
  });
});

describe('what cannot be told is no pass:', () => {
  test('a secret, which is not shown either', async () => {
    const short = doorPolicy({ deny: 'size(after.Code) < 8', message: 'The code is ${{ after.Code }}' });
    const { findings, subject } = await scanned([short]);
    expect(findings).toMatchObject([
      { enforcement: 'overridable', message: expect.stringContaining('secret') },
    ]);
    expect(JSON.stringify([findings, subject.plan])).not.toContain('correct-horse');
  });

  test('a policy that fails', async () => {
    const broken = doorPolicy({ deny: 'after.Name > 3' });
    expect((await scanned([broken])).findings).toMatchObject([
      { enforcement: 'overridable', code: 'policy-evaluation' },
    ]);
  });

  test('a resource that is not there any more', async () => {
    const { findings, subject } = await scanned([noRuleForAll], { meanwhile: () => world.doors.clear() });
    expect(findings).toEqual([]);
    expect(subject.vanished).toEqual(['Front']);
  });
});

describe('what was changed outside Slipway', () => {
  const change = (changes: object) => ({
    meanwhile: () => void world.doors.set('front', { ...front, ...changes }),
  });

  test('is found, and stands on the line of the list: the element there is another one', async () => {
    const noCats = doorPolicy({ foreach: 'Rules[*]', deny: "each == 'cats'" });
    const { findings } = await scanned([noCats], change({ Rules: ['guests', 'cats'] }));
    expect(findings).toMatchObject([{ outside: true, where: { line: 10 } }]);
  });

  test('is told from what was there before, which keeps its line', async () => {
    const nobody = doorPolicy({ foreach: 'Rules[*]', deny: "each in ['all', 'guests', 'cats']" });
    const { findings } = await scanned([nobody], change({ Rules: ['all', 'cats', 'guests', 'staff'] }));
    expect(findings.map(({ path, where, outside }) => [path, where?.line, outside])).toEqual([
      ['Rules[0]', 12, undefined],
      ['Rules[1]', 10, true],
      ['Rules[2]', 13, undefined],
    ]);
  });

  test('is held against policies as the update that it was, with what was there before', async () => {
    const kept = doorPolicy({
      deny: 'change.action == "update" && before.Height == 4 && after.Height == null',
      property: 'Height',
    });
    const { Height: _, ...without } = front;
    const gone = { meanwhile: () => void world.doors.set('front', without) };
    expect((await scanned([kept], gone)).findings).toMatchObject([{ outside: true, where: { line: 8 } }]);
    expect((await scanned([kept])).findings).toEqual([]);
    const deed = doorPolicy({
      match: { types: ['Acme::Door'], actions: ['update', 'delete'] },
      deny: 'true',
    });
    expect((await scanned([deed], gone)).findings).toEqual([]);
  });

  test('is found where a bucket is no longer kept from the public, though a new one would be without saying so', async () => {
    const [type, property] = ['AWS::S3::Bucket', 'PublicAccessBlockConfiguration'];
    const policies = (await readPolicies()).filter(({ id }) => id === 's3-block-public-access');
    const blocked = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const bucket = changeOf({}, { logicalId: 'Images', type, action: 'none', before: {} });
    const plan = planOf(bucket);
    const found = (drifted: LiveSubject['drifted']) => {
      const { stack, environment, file } = plan;
      const more = { desired: undefined, vanished: [], unsettled: false, diagnostics: [] };
      const subject: LiveSubject = { stack, environment, file, plan, spoken: plan, drifted, ...more };
      const judged = { stack, packs: ['default'], environment: source.environment };
      return judgeLive({ policies: () => policies, clock: world.workflow.clock }, subject, judged).findings;
    };
    expect(found(new Map())).toEqual([]);
    const removed = { was: { [property]: blocked }, differences: [{ path: property, before: blocked }] };
    expect(found(new Map([['Images', removed]]))).toMatchObject([{ outside: true, severity: 'high' }]);
  });

  test('is gone where it mended what the template still says', async () => {
    expect((await scanned([noRuleForAll], change({ Rules: ['staff'] }))).findings).toEqual([]);
  });
});

describe('what was left to the cloud', () => {
  const filled = (properties: object) => ({
    meanwhile: () => void world.doors.set('front', { ...front, ...properties }),
  });

  test('is found where what the cloud made of it is wrong', async () => {
    const unlocked = doorPolicy({ deny: 'after.Lock == "off"' });
    expect((await scanned([unlocked], filled({ Lock: 'off' }))).findings).toHaveLength(1);
  });

  test('is found where it should have been said, and once where it is wrong besides', async () => {
    const unsaid = doorPolicy({ deny: 'after.Lock != "on-" + resource.logicalId' });
    expect((await scanned([unsaid], filled({ Lock: 'on-Front' }))).findings).toHaveLength(1);
    expect((await scanned([unsaid], filled({ Lock: 'off' }))).findings).toHaveLength(1);
  });

  test('is not judged by a name that Slipway made up', async () => {
    const names = doorPolicy({ deny: 'after.Plate != null && after.Plate.matches("[A-Z]")' });
    const plates = { made: 'doors-prod-Front-ABCDEFGHIJ22', chosen: 'FRONT' };
    expect((await scanned([names], filled({ Plate: plates.made }))).findings).toEqual([]);
    expect((await scanned([names], filled({ Plate: plates.chosen }))).findings).toHaveLength(1);
  });
});

test('a template that is not there costs the lines and nothing else', async () => {
  const { findings, subject } = await scanned([noRuleForAll], { text: undefined });
  expect(findings).toHaveLength(1);
  expect(findings[0]).not.toHaveProperty('where');
  expect(subject.diagnostics).toMatchObject([{ severity: 'warning', code: 'compliance-lines' }]);
});
