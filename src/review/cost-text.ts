import { type Cost, whyUnpriced } from '../plan/cost.ts';
import { formatNumber } from './words.ts';

/** `about +78 USD a month (34 → 112)`; empty where the cost stays, or nobody asked for it. Plain text. */
export function costText(cost: Cost | undefined): string {
  if (!cost) return '';
  const { change, before, after, currency } = cost;
  if (change === undefined) return `cost not known: ${whyUnpriced(cost)}`;
  // Cents say something only where the whole is small.
  const digits = Math.abs(change) < 10 ? 2 : 0;
  const shown = formatAmount(Math.abs(change), digits);
  if (Number(shown) === 0) return '';
  const from = before === undefined || after === undefined ? '' : range(before, after, digits);
  return `about ${change < 0 ? '-' : '+'}${shown} ${currency} a month${from}`;
}

function range(before: number, after: number, digits: number): string {
  return ` (${formatAmount(before, digits)} → ${formatAmount(after, digits)})`;
}

/** `1,234`, `0.50` */
function formatAmount(amount: number, digits: number): string {
  const [whole = '', cents = ''] = amount.toFixed(digits).split('.');
  return [formatNumber(Number(whole)), Number(cents) > 0 ? cents : ''].filter(Boolean).join('.');
}
