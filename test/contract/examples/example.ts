/** What a resource type says of itself, so that the one contract can be run on it. */
import type { EC2, Filter, Tag } from '@aws-sdk/client-ec2';
import type { Properties } from '../../../src/base/value.ts';
import type { Aws } from '../../../src/provider/aws/aws.ts';
import type { Live, ProviderContext } from '../../../src/provider/provider.ts';

export interface Example {
  readonly type: string;
  /** The API action that makes it: what the faults are aimed at. */
  readonly creates: string;
  /**
   * Resources that are made first, in this order, of this stack too. Properties anywhere in the example may hold
   * `{ Ref: 'Vpc' }` and `{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }` of them.
   */
  readonly needs?: Readonly<Record<string, { readonly type: string; readonly properties: Properties }>>;
  readonly properties: Properties;
  /** That moto itself has no such thing, and who answers for it here: then nothing can be asked past the proxy. */
  readonly notOnMoto?: string;
  /** That there is nothing outside of Slipway's record that could be gone, and why. */
  readonly isOnlyRecorded?: string;
  /**
   * Changes that are made in place, by a name that says what is changed. `undefined` takes a property away. Together
   * with `replacing` and `notHere` they cover every property of the published schema.
   */
  readonly edits: Readonly<Record<string, Change>>;
  /** Changes that make a new resource, beyond those that the schema says always do. */
  readonly replacing?: Readonly<Record<string, Change>>;
  /** Properties that this contract does not try, and why not. */
  readonly notHere?: Readonly<Record<string, string>>;
  /** Attributes that are not there in this example or on the emulator, and why not. */
  readonly attributesNotHere?: Readonly<Record<string, string>>;
  /** The same properties written in another way: they plan to nothing. */
  readonly sameAs?: Readonly<Record<string, Properties>>;
  /** How many of this resource the cloud has, asked without Slipway's code. */
  count(aws: Aws, made: Live, intent: string, context?: ProviderContext): Promise<number>;
}

export type Change = { readonly [property: string]: Properties[string] | undefined };

/** Counts tagged EC2 resources. Not with DescribeTags, which keeps the tags of what is gone for a while. */
export function countByIntent(
  list: (ec2: EC2, Filters: Filter[]) => Promise<readonly unknown[] | undefined>,
): Example['count'] {
  return async (aws, _made, intent) => {
    const found = await list(await aws.ec2(), [{ Name: 'tag:slipway:intent', Values: [intent] }]);
    return found?.length ?? 0;
  };
}

/** The same of what moto does not filter by tags: from every page of the whole list. */
export function countAllByIntent<Page>(
  pages: (ec2: EC2) => AsyncIterable<Page>,
  items: (page: Page) => readonly { readonly Tags?: readonly Tag[] | undefined }[] | undefined,
): Example['count'] {
  return async (aws, _made, intent) => {
    let count = 0;
    for await (const page of pages(await aws.ec2())) {
      const ours = (items(page) ?? []).filter((one) =>
        one.Tags?.some((tag) => tag.Key === 'slipway:intent' && tag.Value === intent),
      );
      count += ours.length;
    }
    return count;
  };
}

/** Changes of tags that every tagged type must bear. */
export const tagEdits: Readonly<Record<string, Change>> = {
  'another value of a tag': {
    Tags: [
      { Key: 'Name', Value: 'other' },
      { Key: 'team', Value: 'shop' },
    ],
  },
  'a tag more and one less': {
    Tags: [
      { Key: 'Name', Value: 'example' },
      { Key: 'cost', Value: '42' },
    ],
  },
  'no tags': { Tags: undefined },
};

export const exampleTags = [
  { Key: 'team', Value: 'shop' },
  { Key: 'Name', Value: 'example' },
];

export const exampleVpc = {
  Vpc: { type: 'AWS::EC2::VPC', properties: { CidrBlock: '10.20.0.0/16' } },
} as const;
