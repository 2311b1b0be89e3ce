import { didYouMean, problem, quote } from './problem.ts';
import { type Expecting, kindOf } from './sections.ts';
import type { DeletionPolicy, MapEntry, MapNode, ResourceDeclaration, TemplateNode } from './template.ts';

const keys = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
  'CreationPolicy',
  'UpdatePolicy',
];

const policies: readonly DeletionPolicy[] = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];

/** What CloudFormation itself does, or runs code for; the rest of an unknown type is the validator's to report. */
const unsupportedTypes: readonly {
  readonly matches: RegExp;
  readonly what: string;
  readonly remedy: string;
}[] = [
  {
    matches: /^AWS::CloudFormation::Stack(Set)?$/,
    what: 'Nested stacks',
    remedy: 'Make the nested template one of its own and join the two by Export and Fn::ImportValue',
  },
  {
    matches: /^(AWS::CloudFormation::CustomResource$|Custom::)/,
    what: 'Custom resources',
    remedy: 'Register the type in code with defineResourceType',
  },
  {
    matches: /^AWS::CloudFormation::Macro$/,
    what: 'Macros',
    remedy: 'Write out what the macro would produce',
  },
  {
    matches: /^AWS::CloudFormation::WaitCondition(Handle)?$/,
    what: 'Wait conditions',
    remedy: 'Use DependsOn; Slipway waits until a resource can be used',
  },
  {
    matches: /^AWS::Serverless::/,
    what: 'Serverless (SAM) types',
    remedy: 'Write out the resources that the transform would produce',
  },
];

/** Reads the Resources section. */
export function readResources(section: MapNode, expect: Expecting): Map<string, ResourceDeclaration> {
  const resources = new Map<string, ResourceDeclaration>();
  for (const [logicalId, entry] of section.entries) {
    if (!expect.logicalName(logicalId, entry, 'The resource')) continue;
    const declaration = readResource(logicalId, entry, expect);
    if (declaration) resources.set(logicalId, declaration);
  }
  return resources;
}

function readResource(
  logicalId: string,
  entry: MapEntry,
  expect: Expecting,
): ResourceDeclaration | undefined {
  const map = expect.map(entry.value, `Resource ${logicalId}`);
  if (!map) return undefined;
  const { entries } = map;
  expect.onlyKeys(map, keys, 'A resource');
  const typeEntry = entries.get('Type');
  if (!typeEntry) return expect.fail(entry.keyWhere, `Resource ${logicalId} has no Type`, 'Add its Type');
  const type = expect.text(typeEntry.value, 'Type');
  if (type === undefined) return undefined;
  const unsupported = unsupportedTypes.find(({ matches }) => matches.test(type));
  if (unsupported) {
    expect.diagnostics.push(
      problem(
        'template-unsupported',
        typeEntry.value.where,
        `${unsupported.what} (${type}) are not supported`,
        unsupported.remedy,
      ),
    );
  }
  const properties = entries.get('Properties')?.value;
  const metadata = entries.get('Metadata')?.value;
  const condition = entries.get('Condition')?.value;
  const conditionName = condition && expect.text(condition, 'Condition');
  const deletionPolicy = readPolicy('DeletionPolicy', entries.get('DeletionPolicy')?.value, expect);
  const updateReplacePolicy = readPolicy(
    'UpdateReplacePolicy',
    entries.get('UpdateReplacePolicy')?.value,
    expect,
  );
  const metadataMap = metadata && expect.map(metadata, 'Metadata');
  const creationPolicy = entries.get('CreationPolicy');
  const updatePolicy = entries.get('UpdatePolicy');
  return {
    logicalId,
    type,
    typeWhere: typeEntry.value.where,
    // `Properties:` with nothing below it is as good as none.
    properties: properties && !isNothing(properties) ? expect.map(properties, 'Properties') : undefined,
    dependsOn: readDependsOn(entries.get('DependsOn')?.value, expect),
    ...(conditionName === undefined ? {} : { condition: { name: conditionName, where: condition!.where } }),
    ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
    ...(updateReplacePolicy === undefined ? {} : { updateReplacePolicy }),
    ...(metadataMap === undefined ? {} : { metadata: metadataMap }),
    ...(creationPolicy === undefined ? {} : { creationPolicy }),
    ...(updatePolicy === undefined ? {} : { updatePolicy }),
    where: entry.keyWhere,
  };
}

function isNothing(node: TemplateNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

const none: ResourceDeclaration['dependsOn'] = [];

function readDependsOn(node: TemplateNode | undefined, expect: Expecting): ResourceDeclaration['dependsOn'] {
  if (!node) return none;
  const items = node.kind === 'list' ? node.items : [node];
  const found: { logicalId: string; where: TemplateNode['where'] }[] = [];
  for (const item of items) {
    if (item.kind === 'scalar' && typeof item.value === 'string') {
      found.push({ logicalId: item.value, where: item.where });
    } else {
      expect.fail(item.where, `DependsOn takes logical ids, not ${kindOf(item)}`);
    }
  }
  return found;
}

function readPolicy(
  key: string,
  node: TemplateNode | undefined,
  expect: Expecting,
): DeletionPolicy | undefined {
  if (!node) return undefined;
  if (node.kind === 'intrinsic') {
    expect.diagnostics.push(
      problem(
        'template-unsupported',
        node.where,
        `${node.name} in ${key} is not supported`,
        'Write the policy itself',
      ),
    );
    return undefined;
  }
  const text = expect.text(node, key);
  if (text === undefined) return undefined;
  const policy = policies.find((candidate) => candidate === text);
  if (policy && !(key === 'UpdateReplacePolicy' && policy === 'RetainExceptOnCreate')) return policy;
  const known =
    key === 'UpdateReplacePolicy' ? policies.filter((p) => p !== 'RetainExceptOnCreate') : policies;
  return expect.fail(
    node.where,
    `${key} cannot be ${quote(text)}`,
    didYouMean(text, known, `It is one of ${known.join(', ')}`),
  );
}
