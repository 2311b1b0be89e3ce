import type { ManagedPrefixList } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import { isList, isObject, type Properties, type Value } from '../../../base/value.ts';
import { coerce } from '../../coerce.ts';
import { integer, objects, present, sortedSet, text } from '../../plain-value.ts';
import { defineResourceType, type Live, type ProviderContext } from '../../provider.ts';
import { typeSchema } from '../../schemas.ts';
import { canonicalCidr } from '../cidr.ts';
import { clientToken } from '../client-token.ts';
import { deleteWhenFree } from '../delete-when-free.ts';
import { eventually, until } from '../eventually.ts';
import { refused } from '../refused.ts';
import { canonicalTags, liveTags } from '../tags.ts';
import { wantedAmong } from '../wanted-among.ts';
import { byTaggedId } from './adoption.ts';
import { describeByIntent, describeOne, readBulk } from './describe.ts';
import { allPrefixLists, prefixLists } from './describe-network.ts';
import { batchSize, changesOfEntries, type EntryChange } from './prefix-list-entries.ts';
import { tagSpecifications, updateTags } from './tagging.ts';

const type = 'AWS::EC2::PrefixList';

export const prefixList = defineResourceType({
  type,
  adoption: byTaggedId('pl'),
  ref: 'PrefixListId',
  attributes: ['Arn', 'OwnerId', 'PrefixListId', 'Version'],
  order: () => 'create-before-delete',

  // AWS cannot turn a list of one kind of addresses into one of the other.
  replaces: (property) => property === 'AddressFamily',

  canonicalise(properties) {
    const given = coerce(typeSchema(type), properties);
    return { ...given, Entries: canonicalEntries(given.Entries), Tags: canonicalTags(given.Tags) };
  },

  /** Entries are not in the description, and their API takes one list a call. */
  async read(context, wanted) {
    const ids = wanted.map(({ physicalId }) => physicalId);
    const found = (await readBulk(context, prefixLists, ids)).filter(({ PrefixListId = '' }) =>
      ids.includes(PrefixListId),
    );
    const limit = pLimit(8);
    return wantedAmong(wanted, await Promise.all(found.map((one) => limit(() => live(context, one)))));
  },

  async find(context, pending) {
    const found = await describeByIntent(context, prefixLists, pending.intent);
    return found && live(context, found);
  },

  async create(context, request) {
    const ec2 = await context.aws.ec2();
    const { properties: p } = request;
    const entries = objects(p.Entries);
    const { PrefixList: made } = await eventually(context, () =>
      ec2.createManagedPrefixList({
        PrefixListName: text(p.PrefixListName),
        AddressFamily: text(p.AddressFamily),
        MaxEntries: integer(p.MaxEntries) ?? Math.max(1, entries.length),
        Entries: entries.slice(0, batchSize).map(entryInput),
        ClientToken: clientToken(request.intent),
        TagSpecifications: tagSpecifications(request, 'prefix-list'),
      }),
    );
    const id = made!.PrefixListId!;
    let now = await untilSettled(context, id);
    for (const step of changesOfEntries(entries.slice(0, batchSize), entries))
      now = await modify(context, now, step);
    return live(context, now);
  },

  async update(context, request) {
    const { after, physicalId } = request;
    await updateTags(context, request);
    // An earlier change that failed leaves the list as it was before it, and says so for ever.
    let now = await until(context, `prefix list ${physicalId} ready`, 5 * 60_000, async () => {
      const one = await describeOne(context, prefixLists, physicalId);
      return one?.State?.endsWith('-in-progress') ? undefined : one;
    });
    const wanted = objects(after.Entries);
    const MaxEntries = integer(after.MaxEntries) ?? Math.max(now.MaxEntries ?? 0, wanted.length);
    const PrefixListName = text(after.PrefixListName);
    // What is larger needs its room first, and what is smaller can be fitted only then.
    const resize = async (isNow: boolean) => {
      if (isNow && MaxEntries !== now.MaxEntries) now = await modify(context, now, { MaxEntries });
    };
    await resize(MaxEntries > (now.MaxEntries ?? 0));
    const held = objects((await live(context, now)).properties.Entries);
    for (const step of changesOfEntries(held, wanted)) now = await modify(context, now, step);
    await resize(MaxEntries < (now.MaxEntries ?? 0));
    if (PrefixListName !== now.PrefixListName) now = await modify(context, now, { PrefixListName });
    const settled = await live(context, now);
    return { ...settled, properties: { ...settled.properties, Tags: after.Tags ?? [] } };
  },

  async delete(context, { physicalId: PrefixListId }) {
    const ec2 = await context.aws.ec2();
    if ((await describeOne(context, prefixLists, PrefixListId)) === undefined) return;
    await deleteWhenFree(context, {
      what: `prefix list ${PrefixListId}`,
      send: () => ec2.deleteManagedPrefixList({ PrefixListId }),
      holders: async () => {
        const { PrefixListAssociations = [] } = await ec2.getManagedPrefixListAssociations({ PrefixListId });
        return PrefixListAssociations.map(({ ResourceId }) => `${ResourceId}`);
      },
    });
    await until(context, `prefix list ${PrefixListId} deleted`, 5 * 60_000, async () => {
      const one = await describeOne(context, allPrefixLists, PrefixListId);
      if (one?.State === 'delete-failed')
        throw refused(`delete prefix list ${PrefixListId}`, one.StateMessage);
      return one === undefined || one.State === 'delete-complete' ? true : undefined;
    });
  },
});

/** By network, whose order means nothing. */
function canonicalEntries(entries: Value | undefined): Value {
  if (entries === undefined) return [];
  if (!isList(entries)) return entries;
  return sortedSet(
    entries.map((entry) =>
      isObject(entry) && entry.$slipway === undefined
        ? present({
            Cidr: canonicalCidr(entry.Cidr),
            Description: entry.Description === '' ? undefined : entry.Description,
          })
        : entry,
    ),
  )!;
}

async function live(context: ProviderContext, one: ManagedPrefixList): Promise<Live> {
  const ec2 = await context.aws.ec2();
  const PrefixListId = one.PrefixListId!;
  const entries: Value[] = [];
  const pages = ec2.paginateGetManagedPrefixListEntries({ PrefixListId }, { pageSize: 100 });
  for await (const { Entries = [] } of pages) {
    entries.push(...Entries.map(({ Cidr, Description }) => present({ Cidr, Description })));
  }
  return {
    physicalId: PrefixListId,
    properties: present({
      PrefixListName: one.PrefixListName,
      AddressFamily: one.AddressFamily,
      MaxEntries: one.MaxEntries,
      Entries: canonicalEntries(entries),
      Tags: liveTags(one.Tags),
    }),
    attributes: present({
      PrefixListId,
      Arn: one.PrefixListArn,
      OwnerId: one.OwnerId,
      Version: one.Version,
    }),
  };
}

function entryInput({ Cidr, Description }: Properties) {
  return { Cidr: text(Cidr), Description: text(Description) };
}

type Step = EntryChange | { readonly MaxEntries: number } | { readonly PrefixListName: string | undefined };

/** One modification at a time; AWS asks for the version that a change of entries is meant for. */
async function modify(
  context: ProviderContext,
  now: ManagedPrefixList,
  step: Step,
): Promise<ManagedPrefixList> {
  const ec2 = await context.aws.ec2();
  const { PrefixListId, PrefixListName, Version } = now;
  const changes =
    'add' in step
      ? {
          CurrentVersion: Version,
          ...(step.add.length === 0 ? {} : { AddEntries: step.add.map(entryInput) }),
          ...(step.remove.length === 0 ? {} : { RemoveEntries: step.remove.map((Cidr) => ({ Cidr })) }),
        }
      : step;
  // moto takes the name away where it is not said.
  await ec2.modifyManagedPrefixList({ PrefixListId, PrefixListName, ...changes });
  return untilSettled(context, PrefixListId!);
}

function untilSettled(context: ProviderContext, id: string): Promise<ManagedPrefixList> {
  return until(context, `prefix list ${id} ready`, 5 * 60_000, async () => {
    const one = await describeOne(context, prefixLists, id);
    if (one?.State?.endsWith('-failed')) throw refused(`change prefix list ${id}`, one.StateMessage);
    return one?.State?.endsWith('-complete') ? one : undefined;
  });
}
