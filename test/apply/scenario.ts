/** Random lives of a stack: versions of its template, and what goes wrong while each is applied. */
import fc from 'fast-check';
import type { Value } from '../../src/base/value.ts';
import type { DesiredResource, DesiredStack } from '../../src/stack/stack.ts';
import { resource, stackOf } from './engine.ts';

/** Everything in it is data, so that a failing one can be printed, shrunk and played again. */
export interface Scenario {
  readonly seed: number;
  readonly versions: readonly Version[];
}

export interface Version {
  readonly wishes: readonly (Wish | null)[];
  /** Which of its two logical ids each resource has in this version: another one than before is a rename. */
  readonly names: readonly (0 | 1)[];
  /** Which resource may refer to which: those of a lower rank. */
  readonly ranks: readonly number[];
  /** What happens before it is applied, to nobody's knowledge. */
  readonly meddling: 'none' | 'vanish' | 'change';
  readonly troubles: readonly Trouble[];
}

/** One resource of one version. Numbers choose among what there is. */
export interface Wish {
  readonly size: 1 | 2;
  readonly note: 'a' | 'b' | null;
  readonly name: number;
  readonly parent: number | null;
  readonly refs: readonly number[];
  readonly labels: number | null;
  readonly dependsOn: number | null;
  readonly config: { readonly Mode?: string; readonly Zone?: string } | null;
  readonly password: 'one' | 'two' | null;
  readonly retain: boolean;
}

/** One attempt that may not end well. */
export interface Trouble {
  /** At which point the process dies; never where null. */
  readonly diesAt: number | null;
  /** Of a hundred calls, how many meet a fault. */
  readonly faults: number;
  readonly concurrency: 1 | 4;
}

/** The type goes with the logical id: one that changes is refused. */
const types = ['Tagged', 'Token', 'Named', 'Named', 'Steps', 'Link', 'Link', 'Steps', 'Tagged'];
const count = types.length;
const isUnique = (index: number) => types[index] === 'Named' || types[index] === 'Link';

const anIndex = fc.nat(count - 1);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const wish: fc.Arbitrary<Wish> = fc.record({
  size: fc.constantFrom(1, 2),
  note: maybe(fc.constantFrom('a', 'b')),
  name: fc.nat(2),
  parent: maybe(anIndex),
  refs: fc.array(anIndex, { maxLength: 2 }),
  labels: maybe(anIndex),
  dependsOn: maybe(anIndex),
  config: maybe(
    fc.record({ Mode: fc.constantFrom('x', 'y'), Zone: fc.constantFrom('z1', 'z2') }, { requiredKeys: [] }),
  ),
  password: maybe(fc.constantFrom('one', 'two')),
  retain: fc.boolean(),
});

const version: fc.Arbitrary<Version> = fc.record({
  wishes: fc.array(maybe(wish), { minLength: count, maxLength: count }),
  names: fc.array(fc.constantFrom<(0 | 1)[]>(0, 0, 0, 1), { minLength: count, maxLength: count }),
  ranks: fc.array(fc.nat(3), { minLength: count, maxLength: count }),
  meddling: fc.constantFrom('none', 'none', 'vanish', 'change'),
  troubles: fc.array(
    fc.record<Trouble>({
      diesAt: maybe(fc.nat(120)),
      faults: fc.constantFrom(0, 5, 25),
      concurrency: fc.constantFrom(1, 4),
    }),
    { maxLength: 3 },
  ),
});

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.nat(),
  versions: fc.array(version, { minLength: 1, maxLength: 4 }),
});

/**
 * The template that a version means. It is one that can be applied: what nobody could apply is left out of it (two
 * things of one name; something held in place by an update that needs its successor). What has another logical id than
 * in the version before says so.
 */
export function desiredOf({ wishes, names, ranks }: Version, before: Version | undefined): DesiredStack {
  const idOf = (index: number, name = names[index]!) =>
    `R${index}${types[index]}${name === 0 ? '' : 'Renamed'}`;
  const below = (index: number, other: number | null): other is number =>
    other !== null && wishes[other] != null && ranks[other]! < ranks[index]!;
  const needsOf = (index: number): number[] => {
    const { parent, refs, labels, dependsOn } = wishes[index]!;
    return [parent, labels, dependsOn, ...refs].filter((other) => below(index, other));
  };
  // What hangs on something unique is replaced with it and must be free to go first: nothing may hold it.
  const isFree = (index: number): boolean => !isUnique(index) && needsOf(index).every(isFree);
  // What is retained holds what it hangs on, so that stays too.
  const retained = new Set<number>();
  const retain = (index: number) => {
    retained.add(index);
    needsOf(index).forEach(retain);
  };
  wishes.forEach((w, index) => {
    if (w?.retain && isFree(index)) retain(index);
  });

  const taken = new Set<string>();
  const resources: DesiredResource[] = [];
  wishes.forEach((w, index) => {
    if (!w) return;
    const ref = (other: number): Value => ({ Ref: idOf(other) });
    const refs = [...new Set(w.refs)].filter((other) => below(index, other) && isFree(other));
    const properties: Record<string, Value> = { Size: w.size };
    if (below(index, w.parent)) properties.Parent = ref(w.parent);
    if (w.note !== null) properties.Note = w.note;
    if (refs.length > 0) properties.Refs = refs.map(ref);
    if (below(index, w.labels)) {
      const arn = { 'Fn::GetAtt': [idOf(w.labels), 'Arn'] };
      const note = { 'Fn::GetAtt': [idOf(w.labels), 'Note'] };
      properties.Label = { 'Fn::Join': ['-', ['label', arn, note]] };
    }
    if (w.config !== null) properties.Config = w.config;
    if (w.password !== null) properties.Password = { $slipway: 'parameter', name: w.password };
    if (isUnique(index)) {
      const place = (name: number) => `${types[index]} ${JSON.stringify(properties.Parent ?? '')} ${name}`;
      let name = w.name;
      const key = (n: number) => (types[index] === 'Named' ? `Named ${n}` : place(n));
      while (taken.has(key(name))) name++;
      taken.add(key(name));
      if (types[index] === 'Named') properties.Name = `name-${name}`;
      else properties.Slot = name;
    }
    const policy = retained.has(index) ? 'Retain' : 'Delete';
    const was = before?.wishes[index] ? before.names[index]! : names[index]!;
    const made = resource(idOf(index), `Test::${types[index]}`, properties, {
      metadata: was === names[index] ? {} : { Slipway: { RenamedFrom: idOf(index, was) } },
      deletionPolicy: policy,
      updateReplacePolicy: policy,
    });
    const explicit = below(index, w.dependsOn) ? [idOf(w.dependsOn)] : [];
    resources.push({ ...made, dependsOn: [...new Set([...made.dependsOn, ...explicit])].sort() });
  });
  const first = resources[0]?.logicalId;
  const outputs = first === undefined ? {} : { First: { Ref: first }, Arn: { 'Fn::GetAtt': [first, 'Arn'] } };
  return stackOf(resources, outputs);
}
