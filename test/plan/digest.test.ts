import { describe, expect, test } from 'vitest';
import type { Value } from '../../src/base/value.ts';
import { planDigest } from '../../src/plan/digest.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { att, parameter, planned, record, ref, sealed, thing, type World, where } from './planned.ts';

/** Two subnets and a server in one of them: a plan with everything in it that a digest can hang on. */
const base = {
  desired: [
    thing('Private', { Note: 'a' }),
    thing('Public', { Note: 'a' }),
    thing(
      'Server',
      { Parent: ref('Public'), Map: { a: 1, b: [1, { c: 2 }] }, Password: parameter('Password') },
      {
        dependsOn: ['Public'],
      },
    ),
  ],
  recorded: [record('Old', { Note: 'x' }), record('Kept', {}, { generation: 'deposed' })],
  outputs: { Id: { value: ref('Server') } },
} satisfies World;

const digest = (world: World): string => planned(world).digest;
const server = (properties: Record<string, Value>): World => ({
  ...base,
  desired: [base.desired[0]!, base.desired[1]!, { ...base.desired[2]!, properties }],
});
const properties = base.desired[2]!.properties;

describe('a plan’s digest', () => {
  const same: Record<string, World> = {
    'when planned once more': base,
    'whatever the order of keys': server(
      Object.fromEntries([...Object.entries({ ...properties, Map: { b: [1, { c: 2 }], a: 1 } })].reverse()),
    ),
    'whatever the order of resources': { ...base, desired: [...base.desired].reverse() },
    'whatever line it stands on': {
      ...base,
      desired: base.desired.map((r) => ({
        ...r,
        where: { ...where, line: 99 },
        positions: new Map([['Note', where]]),
      })),
    },
    'at the path where it was applied': { ...base, recordedFile: where.file },
    'with something more that does not change': {
      ...base,
      desired: [...base.desired, thing('Still', { Note: 'n' })],
      recorded: [...base.recorded, record('Still', { Note: 'n' })],
    },
  };
  test.each(Object.entries(same))('is the same %s', (_title, world) => {
    expect(digest(world)).toBe(digest(base));
  });

  const other: Record<string, World> = {
    'a value': server({ ...properties, Map: { a: 2, b: [1, { c: 2 }] } }),
    'a secret': { ...base, secrets: { Password: 'another' } },
    'what an unknown value will come from': server({ ...properties, Parent: ref('Private') }),
    'what an unknown output will come from': { ...base, outputs: { Id: { value: ref('Public') } } },
    'what an unknown inside of a text will come from': server({
      ...properties,
      Parent: { 'Fn::Join': ['-', [ref('Public')]] },
    }),
    'what is there now': { ...base, live: { Old: { Note: 'y' } } },
    'a policy': {
      ...base,
      desired: [...base.desired.slice(1), thing('Private', { Note: 'a' }, { deletionPolicy: 'Retain' })],
    },
    'one resource less': { ...base, desired: base.desired.slice(1) },
    'one deletion less': { ...base, recorded: base.recorded.slice(1) },
    'one leftover less': { ...base, recorded: base.recorded.slice(0, 1) },
    'which one is deleted': {
      ...base,
      recorded: [record('Old', { Note: 'x' }, { physicalId: 'old-2' }), base.recorded[1]!],
    },
    'whether it has vanished': { ...base, live: { Old: null } },
    'an import of an export, of which nothing comes': { ...base, imports: { 'net-vpc': 'vpc-1' } },
    'an import of an export that is given up': { ...base, recordedImports: ['net-vpc'] },
    'a template that was elsewhere': { ...base, recordedFile: 'infra/web.yaml' },
    'an export': { ...base, outputs: { Id: { value: ref('Server'), exportName: 'shop-id' } } },
  };
  test.each(Object.entries(other))('is another with %s', (_title, world) => {
    expect(digest(world)).not.toBe(digest(base));
  });

  test('is another with each path that the template comes from', () => {
    const from = (recordedFile: string) => digest({ ...base, recordedFile });
    expect(from('infra/a.yaml')).not.toBe(from('infra/b.yaml'));
  });

  test('is another with each place that an output is handed over to, and with how', () => {
    const { digest: _, ...plan } = planned(base);
    const give = (key: string, wrapSeconds?: number) =>
      planDigest({
        ...plan,
        handOvers: [
          {
            action: 'give',
            output: 'Id',
            to: { kind: 'vault', vault: 'default', path: 'secret/data/shop', key },
            ...(wrapSeconds === undefined ? {} : { wrapSeconds }),
          },
        ],
      });
    expect(new Set([digest(base), give('id'), give('other'), give('id', 60), give('id', 3600)]).size).toBe(5);
  });

  const joined = (desired: Value, more: Partial<World> = {}) =>
    planned({
      ...base,
      desired: [
        ...base.desired,
        thing('Still', {}),
        thing('Joined', { Note: desired }, { dependsOn: ['Public', 'Still'] }),
      ],
      recorded: [...base.recorded, record('Still', {})],
      ...more,
    }).digest;
  const beside = (part: Value): Value => ({ 'Fn::Join': ['-', [part, ref('Public')]] });

  test('is another when what stands beside something unknown in one text is another', () => {
    const text = beside(att('Still', 'Arn'));
    const of = (Arn: string) => joined(text, { attributes: { Still: { Arn } } });
    expect(of('one')).toBe(of('one'));
    expect(of('one')).not.toBe(of('another'));
  });

  test('is another when a secret beside something unknown in one text is another', () => {
    const of = (Token: string) => joined(beside(parameter('Token')), { secrets: { Token } });
    expect(of('one')).toBe(of('one'));
    expect(of('one')).not.toBe(of('another'));
  });

  test('is another when a secret is another one, and no text of a plan has either', () => {
    const plans: Plan[] = ['first secret', 'second secret'].map((Password) =>
      planned({ ...base, secrets: { Password } }),
    );
    expect(plans[0]!.digest).not.toBe(plans[1]!.digest);
    for (const plan of plans) expect(JSON.stringify(plan)).not.toMatch(/first secret|second secret/);
    expect(JSON.stringify(plans[0])).toContain(sealed('first secret').fingerprint);
  });
});
