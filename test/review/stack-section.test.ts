import { describe, expect, test } from 'vitest';
import { renderComment } from '../../src/review/comment.ts';
import { moved, movedWithoutDelete, nothing } from './plans.ts';
import { review, stackOf } from './situations.ts';

const inProd = { ...moved('prod'), account: '222222222222', region: 'eu-central-1' };
const summariesOf = (...stacks: ReturnType<typeof stackOf>[]) =>
  renderComment(review(stacks)).match(/<details.*infra\/shop.yaml.*<\/summary>/g);

describe('the block of a plan', () => {
  test('that two environments share says where each of them is, and is open', () => {
    const [block, ...others] = summariesOf(stackOf(moved()), stackOf(inProd)) ?? [];
    expect(others).toEqual([]);
    expect(block).toMatch(/^<details open>/);
    expect(block).toContain(
      '<b><code>dev</code></b> <code>111111111111</code> <code>eu-west-1</code>, <b><code>prod</code></b> <code>222222222222</code> <code>eu-central-1</code>',
    );
  });

  test('is open where nothing changes in the other environments', () => {
    expect(summariesOf(stackOf(nothing()), stackOf(inProd))).toEqual([
      expect.stringMatching(/^<details open>.*<code>222222222222<\/code> <code>eu-central-1<\/code>/),
    ]);
  });

  test('is closed beside another one', () => {
    const blocks = summariesOf(stackOf(movedWithoutDelete()), stackOf(inProd));
    expect(blocks).toHaveLength(2);
    expect(blocks?.filter((block) => block.startsWith('<details open>'))).toEqual([]);
  });
});
