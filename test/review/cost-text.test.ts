import { expect, test } from 'vitest';
import type { Cost } from '../../src/plan/cost.ts';
import { renderComment } from '../../src/review/comment.ts';
import { costText } from '../../src/review/cost-text.ts';
import { allCreated } from './plans.ts';
import { review, stackOf } from './situations.ts';

const of = (before: number, after: number): Cost => ({
  currency: 'USD',
  before,
  after,
  change: after - before,
  unpriced: [],
});

test.each<[string, Cost | undefined, string]>([
  ['without prices', undefined, ''],
  ['the same', of(34, 34), ''],
  ['less than a cent', of(34, 34.001), ''],
  ['more', of(34, 112), 'about +78 USD a month (34 → 112)'],
  ['more by a fraction', of(34.4, 112.1), 'about +78 USD a month (34 → 112)'],
  ['less', of(1112, 34), 'about -1,078 USD a month (1,112 → 34)'],
  ['a little', of(1234, 1234.5), 'about +0.50 USD a month (1,234 → 1,234.50)'],
  [
    'what stays has no price',
    { currency: 'EUR', change: 8, unpriced: ['no price for x (Web)'] },
    'about +8 EUR a month',
  ],
  [
    'what changes has no price',
    { currency: 'EUR', unpriced: ['no price for x (Web)', 'b'] },
    'cost not known: no price for x (Web), and 1 more',
  ],
])('%s', (_, cost, text) => {
  expect(costText(cost)).toBe(text);
});

test('environments with one plan and other costs are not shown as one', () => {
  const of = (environment: string, price: number) => {
    const prices = { currency: 'USD', resources: { 'AWS::EC2::Instance': price } };
    return stackOf(allCreated(environment), {}, { prices });
  };
  const alike = renderComment(review([of('dev', 8), of('prod', 8)]));
  expect(alike.match(/about \+8 USD/g)).toHaveLength(1);
  const other = renderComment(review([of('dev', 8), of('prod', 9)]));
  expect(other.match(/about \+[89] USD/g)).toHaveLength(2);
});
