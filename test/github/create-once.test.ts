import { describe, expect, test } from 'vitest';
import { createOnce } from '../../src/github/create-once.ts';

/** A GitHub of one list, whose answers go wrong as told: before the deed, or after it. */
function listThat(troubles: readonly ('before' | 'after' | 'refused' | undefined)[]) {
  const made: string[] = [];
  let calls = 0;
  return {
    made,
    calls: () => calls,
    async create() {
      const trouble = troubles[calls++];
      if (trouble === 'refused') throw Object.assign(new Error('Validation Failed'), { status: 422 });
      if (trouble === 'before') throw Object.assign(new Error('connect ECONNRESET'), { status: 500 });
      made.push(`thing ${made.length}`);
      if (trouble === 'after') throw Object.assign(new Error('Bad Gateway'), { status: 502 });
      return made.at(-1)!;
    },
    find: async () => made.at(-1),
  };
}

describe('something is created once', () => {
  test.for([
    { what: 'when all goes well', troubles: [], calls: 1 },
    { what: 'when the answer is lost', troubles: ['after'], calls: 1 },
    { what: 'when the call is lost', troubles: ['before'], calls: 2 },
    { what: 'when the call is lost, and then the answer', troubles: ['before', 'after'], calls: 2 },
  ] as const)('$what', async ({ troubles, calls }) => {
    const list = listThat(troubles);
    expect(await createOnce(list.create, list.find)).toBe('thing 0');
    expect(list.made).toHaveLength(1);
    expect(list.calls()).toBe(calls);
  });

  test('and not at all when GitHub refuses it, which is not asked again', async () => {
    const list = listThat(['refused']);
    await expect(createOnce(list.create, list.find)).rejects.toThrow('Validation Failed');
    expect(list.calls()).toBe(1);
  });

  test('and not for ever when GitHub is away', async () => {
    const list = listThat(['before', 'before', 'before', 'before']);
    await expect(createOnce(list.create, list.find)).rejects.toThrow('ECONNRESET');
    expect(list.calls()).toBe(3);
  });
});
