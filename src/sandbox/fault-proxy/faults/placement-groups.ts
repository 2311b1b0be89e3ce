import { type Answer, errorAnswer } from '../answer.ts';
import { type Call, listParameter } from '../call.ts';
import { escapeXml } from '../xml.ts';
import type { Fault } from './fault.ts';

/**
 * Answers for placement groups, which AWS has and moto does not: they are made, described by filters and deleted,
 * and that is all. Nothing else knows of them; no instance is ever in one.
 */
export const placementGroups: Fault<object> = {
  create: () => {
    const groups = new Map<string, Group>();
    let made = 0;
    return {
      matched: async (call, next) => {
        if (call.protocol !== 'ec2') return next(call);
        const { GroupName = '' } = call.parameters;
        const key = `${call.region} ${GroupName}`;
        if (call.action === 'CreatePlacementGroup') {
          if (groups.has(key))
            return refused(call, 'Duplicate', `The Placement Group '${GroupName}' already exists.`);
          const group = groupOf(call, ++made);
          groups.set(key, group);
          return answered(call, `<placementGroup>${written(group)}</placementGroup>`);
        }
        if (call.action === 'DeletePlacementGroup') {
          if (!groups.delete(key))
            return refused(call, 'Unknown', `The Placement Group '${GroupName}' is unknown.`);
          return answered(call, '<return>true</return>');
        }
        if (call.action !== 'DescribePlacementGroups') return next(call);
        const wanted = filtersOf(call);
        const found = [...groups.values()].filter(
          (group) =>
            group.region === call.region &&
            wanted.every(({ name, values }) => values.includes(filtered(group, name) ?? '')),
        );
        const items = found.map((group) => `<item>${written(group)}</item>`).join('');
        return answered(call, `<placementGroupSet>${items}</placementGroupSet>`);
      },
    };
  },
};

interface Group {
  readonly region: string;
  /** Elements of the answer, in its order. */
  readonly elements: Readonly<Record<string, string>>;
  readonly tags: ReadonlyMap<string, string>;
}

function groupOf(call: Call, number: number): Group {
  const {
    GroupName = '',
    Strategy = 'cluster',
    PartitionCount,
    SpreadLevel,
    ParentGroupId,
  } = call.parameters;
  const tag = (n: number, part: string) => call.parameters[`TagSpecification.1.Tag.${n}.${part}`];
  const tags = new Map<string, string>();
  for (let n = 1; tag(n, 'Key') !== undefined; n++) tags.set(tag(n, 'Key') ?? '', tag(n, 'Value') ?? '');
  const partitions = PartitionCount ?? (Strategy === 'partition' ? '2' : undefined);
  const spread = SpreadLevel ?? (Strategy === 'spread' ? 'rack' : undefined);
  return {
    region: call.region,
    elements: {
      groupName: GroupName,
      strategy: Strategy,
      state: 'available',
      ...(partitions === undefined ? {} : { partitionCount: partitions }),
      groupId: `pg-${String(number).padStart(17, '0')}`,
      ...(spread === undefined ? {} : { spreadLevel: spread }),
      ...(ParentGroupId === undefined ? {} : { parentGroupId: ParentGroupId }),
    },
    tags,
  };
}

function filtersOf(call: Call): { readonly name: string; readonly values: readonly string[] }[] {
  const filters = [];
  for (let n = 1; call.parameters[`Filter.${n}.Name`] !== undefined; n++) {
    const name = call.parameters[`Filter.${n}.Name`] ?? '';
    filters.push({ name, values: listParameter(call, `Filter\\.${n}\\.Value`) });
  }
  return filters;
}

function filtered({ elements, tags }: Group, filter: string): string | undefined {
  if (filter.startsWith('tag:')) return tags.get(filter.slice('tag:'.length));
  return filter === 'group-name' ? elements.groupName : elements[filter];
}

function written({ elements, tags }: Group): string {
  const parts = Object.entries(elements).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  const items = [...tags].map(
    ([key, value]) => `<item><key>${escapeXml(key)}</key><value>${escapeXml(value)}</value></item>`,
  );
  return `${parts.join('')}<tagSet>${items.join('')}</tagSet>`;
}

function answered(call: Call, content: string): Answer {
  const name = `${call.action}Response`;
  const body = `<${name} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>fault-proxy</requestId>${content}</${name}>`;
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: Buffer.from(body) };
}

function refused(call: Call, ending: string, message: string): Answer {
  return errorAnswer(call, { status: 400, code: `InvalidPlacementGroup.${ending}`, message });
}
