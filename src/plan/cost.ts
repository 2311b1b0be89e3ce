import { isSecret, isUnknown, type Properties, type Value } from '../base/value.ts';
import type { Change } from './plan.ts';

/** What a month of one resource costs: always the same, or by the value of one of its properties. */
export type Price =
  | number
  | {
      /** The property that decides: `InstanceType`. */
      readonly by: string;
      /** A property whose number it is multiplied with: `Size`. */
      readonly per?: string;
      /** Value of `by` → price. */
      readonly values: Readonly<Record<string, number>>;
    };

/** The organisation's own price list. */
export interface Prices {
  /** `USD` */
  readonly currency: string;
  /** By type. What is not in it costs nothing. */
  readonly resources: Readonly<Record<string, Price>>;
}

/** What a stack costs a month, before a plan and after it. An amount that cannot be told is not there. */
export interface Cost {
  readonly currency: string;
  readonly before?: number;
  readonly after?: number;
  /** Also told where only what stays as it is has no price. */
  readonly change?: number;
  /** Why amounts are missing: of what the plan changes first. `no price for m7i.48xlarge (Web)` */
  readonly unpriced: readonly string[];
}

/** A number, or why there is none. */
type Amount = number | string;

interface Months {
  readonly before: Amount;
  readonly after: Amount;
  readonly change: Amount;
}

/**
 * What a plan does to the cost. What exists goes on costing where it is taken over or let go of, or is kept when it
 * is replaced (`UpdateReplacePolicy: Retain`).
 */
export function costOf(changes: readonly Change[], { currency, resources }: Prices): Cost {
  const sum = { before: 0, after: 0, change: 0 };
  const changed: string[] = [];
  const standing: string[] = [];
  for (const change of changes) {
    const price = Object.hasOwn(resources, change.type) ? resources[change.type] : undefined;
    if (price === undefined) continue;
    const months = monthsOf(change, price);
    const why = [months.before, months.after].find((amount) => typeof amount === 'string');
    if (typeof months.change === 'string') changed.push(months.change);
    else if (why !== undefined) standing.push(why);
    // No number where a price is missing; that sum is then not given.
    for (const key of ['before', 'after', 'change'] as const) sum[key] += Number(months[key]);
  }
  const unpriced = [...changed, ...standing];
  return {
    currency,
    ...(unpriced.length === 0 ? { before: round(sum.before), after: round(sum.after) } : {}),
    ...(changed.length === 0 ? { change: round(sum.change) } : {}),
    unpriced,
  };
}

/** `no price for m7i.48xlarge (Web)`, `Size of Disk is no number, and 3 more`; undefined where nothing is missing. */
export function whyUnpriced({ unpriced: [first, ...more] }: Cost): string | undefined {
  return first !== undefined && more.length > 0 ? `${first}, and ${more.length} more` : first;
}

// Binary fractions do not add up: 0.1 + 0.2 must not be more than 0.3 to a rule.
function round(amount: number): number {
  return Math.round(amount * 1e6) / 1e6;
}

function monthsOf(change: Change, price: Price): Months {
  const was = () => amountOf(change.logicalId, change.before, price);
  const willBe = () => amountOf(change.logicalId, change.after, price);
  switch (change.action) {
    case 'create':
      return moves(0, willBe());
    case 'delete':
      return moves(was(), 0);
    case 'replace':
      return moves(was(), keepsOld(change) ? both(was(), willBe()) : willBe());
    case 'update':
      return decides(change, price) ? moves(was(), willBe()) : stays(was());
    case 'import':
      // What it is until now is not shown, so that what differs counts in full.
      return decides(change, price) ? moves(0, willBe()) : stays(willBe());
    case 'forget':
      return stays(change.vanished ? 0 : was());
    case 'none':
      return stays(was());
  }
}

function moves(before: Amount, after: Amount): Months {
  if (typeof before === 'string') return { before, after, change: before };
  return { before, after, change: typeof after === 'string' ? after : after - before };
}

function stays(amount: Amount): Months {
  return { before: amount, after: amount, change: 0 };
}

function both(one: Amount, other: Amount): Amount {
  if (typeof one === 'string') return one;
  return typeof other === 'string' ? other : one + other;
}

function keepsOld({ updateReplacePolicy: policy }: Change): boolean {
  return policy !== 'Delete' && policy !== 'Snapshot';
}

/** Whether a property differs that the price depends on. */
function decides({ differences }: Change, price: Price): boolean {
  if (typeof price === 'number') return false;
  const paths = differences.map((d) => d.path.split(/[.[]/, 1)[0]);
  return paths.includes(price.by) || (price.per !== undefined && paths.includes(price.per));
}

function amountOf(logicalId: string, properties: Properties = {}, price: Price): Amount {
  if (typeof price === 'number') return price;
  const { by, per, values } = price;
  const value = ownValue(properties, by);
  const missing = whyNot(value);
  if (missing !== undefined) return `${by} of ${logicalId} ${missing}`;
  const name = String(value);
  const one = Object.hasOwn(values, name) ? values[name] : undefined;
  if (one === undefined) return `no price for ${name.slice(0, 60)} (${logicalId})`;
  if (per === undefined) return one;
  const many = ownValue(properties, per);
  const unclear = whyNot(many);
  if (unclear !== undefined) return `${per} of ${logicalId} ${unclear}`;
  // No sign and no exponent: a negative size would hide what the rest of the plan costs.
  const isNumber = /^\d{1,12}(?:\.\d+)?$/.test(String(many));
  return isNumber ? one * Number(many) : `${per} of ${logicalId} is no number`;
}

function ownValue(properties: Properties, name: string): Value | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function whyNot(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return 'is not set';
  if (isUnknown(value)) return 'is known only after the apply';
  if (isSecret(value)) return 'is secret';
  return typeof value === 'object' ? 'is neither a text nor a number' : undefined;
}
