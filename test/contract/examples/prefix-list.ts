import { countByIntent, type Example, exampleTags, tagEdits } from './example.ts';

const office = { Cidr: '10.0.0.0/8', Description: 'the office' };
const shop = { Cidr: '172.16.0.0/12' };

export const prefixList: Example = {
  type: 'AWS::EC2::PrefixList',
  creates: 'CreateManagedPrefixList',
  properties: {
    PrefixListName: 'shop',
    AddressFamily: 'IPv4',
    MaxEntries: 5,
    Entries: [office, shop],
    Tags: exampleTags,
  },
  edits: {
    'another name': { PrefixListName: 'shops' },
    'an entry more': { Entries: [office, shop, { Cidr: '192.168.0.0/16' }] },
    'one entry for another': { Entries: [office, { Cidr: '192.168.0.0/16', Description: 'new' }] },
    'another description': { Entries: [{ ...office, Description: 'the other office' }, shop] },
    'no entries': { Entries: undefined },
    ...tagEdits,
  },
  replacing: { 'another family': { AddressFamily: 'IPv6', Entries: [] } },
  notHere: { MaxEntries: 'moto does not change it' },
  sameAs: {
    'another order, hosts in networks, a text for the size': {
      PrefixListName: 'shop',
      AddressFamily: 'IPv4',
      MaxEntries: '5',
      Entries: [shop, { Cidr: '10.9.9.9/8', Description: 'the office' }],
      Tags: exampleTags,
    },
  },
  count: countByIntent(async (ec2, Filters) =>
    (await ec2.describeManagedPrefixLists({ Filters })).PrefixLists?.filter(
      (one) => one.State !== 'delete-complete',
    ),
  ),
};
