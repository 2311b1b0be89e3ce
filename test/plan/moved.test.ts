import { describe, expect, test } from 'vitest';
import { isFilledIn } from '../../src/apply/filled-in.ts';
import { isRemainder } from '../../src/apply/remainder.ts';
import { unknown } from '../../src/base/value.ts';
import { overlapOf } from '../../src/plan/overlap.ts';
import { hasChanges, type Plan } from '../../src/plan/plan.ts';
import { planned, record, ref, thing, where } from './planned.ts';

const still = { desired: [thing('Vpc')], recorded: [record('Vpc')] };
const from = 'infra/old.yaml';
const move = planned({ ...still, recordedFile: from });

describe('a plan of a template that moves', () => {
  test('says where from, and is a change even where no resource is one', () => {
    expect([move.movedFrom, move.file, hasChanges(move)]).toEqual([from, where.file, true]);
    const stays = planned({ ...still, recordedFile: where.file });
    expect([stays.movedFrom, hasChanges(stays)]).toEqual([undefined, false]);
  });

  test('is none where nothing was ever made', () => {
    expect(planned({ desired: [thing('Vpc')], recordedFile: from }).movedFrom).toBeUndefined();
  });

  test('is one too where all is deleted', () => {
    expect(planned({ recorded: [record('Vpc')], recordedFile: from }).movedFrom).toBe(from);
  });
});

describe('who approved a move', () => {
  const edited = { ...still, desired: [thing('Vpc'), thing('Subnet')] };
  const whole = planned({ ...edited, recordedFile: from });
  test.for<{ what: string; left: Plan; is: boolean }>([
    { what: 'what is left once the run has moved it', left: planned(edited), is: true },
    { what: 'all of it, when nothing was done', left: whole, is: true },
    { what: 'another move', left: planned({ ...edited, recordedFile: 'infra/x.yaml' }), is: false },
    { what: 'the same to another path', left: { ...whole, file: 'infra/x.yaml' }, is: false },
  ])('has approved $what: $is', ({ left, is }) => {
    expect(isRemainder(left, whole)).toBe(is);
  });

  test('has not approved one by an approval of what does not move', () => {
    expect(isRemainder(whole, planned(edited))).toBe(false);
  });

  const late = (value: unknown, recordedFile?: string) =>
    planned({
      desired: [
        thing('Vpc', { Note: { 'Fn::ImportValue': 'net' } }),
        thing('Subnet', { Parent: ref('Vpc') }),
      ],
      imports: { net: value as string },
      ...(recordedFile === undefined ? {} : { recordedFile }),
      recorded: [record('Old')],
    });

  test('has approved it with what was unknown filled in, and no other', () => {
    const shown = late(unknown, from);
    expect(isFilledIn(late('vpc-1', from), shown)).toBe(true);
    for (const plan of [late('vpc-1'), late('vpc-1', 'infra/x.yaml')])
      expect(isFilledIn(plan, shown)).toBe(false);
    expect(isFilledIn(late('vpc-1', from), late(unknown))).toBe(false);
  });
});

describe('beside another plan of the stack', () => {
  const edit = planned({ desired: [thing('Vpc'), thing('Subnet')], recorded: [record('Vpc')] });

  test('it says where the template goes', () => {
    expect(overlapOf(edit, move)).toMatchObject({ shared: [], moves: { theirs: where.file } });
    expect(overlapOf(move, edit)?.moves).toBeUndefined();
  });

  test('and that both move it', () => {
    const other = { ...move, file: 'infra/x.yaml' };
    expect(overlapOf(move, other)?.moves).toEqual({ ours: where.file, theirs: 'infra/x.yaml' });
  });
});
