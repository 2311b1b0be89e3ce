/**
 * Policy documents of IAM and of buckets, which the published schemas have as any JSON. Source: 'IAM JSON policy
 * elements reference' of the IAM user guide. A document that is one text, or that a function gives, is left alone.
 */
import { checkMemberRules } from '../check-member-rules.ts';
import { type Checking, fail } from '../checking.ts';
import { isNoValue } from '../intrinsics.ts';
import { didYouMean, quote } from '../problem.ts';
import { kindOf } from '../sections.ts';
import type { MapNode, TemplateNode } from '../template.ts';
import type { DefinitionSchema, PropertySchema } from '../type-schema.ts';
import { checkAction, checkConditions, checkPrincipal, checkResource } from './policy-elements.ts';
import { checkSids } from './policy-sids.ts';

type Kind = NonNullable<PropertySchema['policy']>;

const document = ['Id', 'Statement', 'Version'];
const versions = ['2012-10-17', '2008-10-17'];
const statement = ['Sid', 'Effect', 'Action', 'NotAction', 'Condition'];
const principals = ['Principal', 'NotPrincipal'];
const resources = ['Resource', 'NotResource'];

/** The elements of a statement beside those that all have, and those that only other kinds have, with the reason. */
const kinds: Readonly<
  Record<
    Kind,
    { readonly own: readonly string[]; readonly foreign: readonly string[]; readonly reason: string }
  >
> = {
  identity: {
    own: resources,
    foreign: principals,
    reason: 'It is about whom it is attached to; who may assume a role stands in AssumeRolePolicyDocument',
  },
  trust: {
    own: principals,
    foreign: resources,
    reason: 'It is about its own role',
  },
  resource: { own: [...principals, ...resources], foreign: [], reason: '' },
};

/** Checks a document that stands in the property `name`. */
export function checkPolicyDocument(node: TemplateNode, name: string, kind: Kind, checking: Checking): void {
  if (node.kind === 'list') {
    fail(checking, 'template-property-type', node.where, `${name} must be a mapping, not ${kindOf(node)}`);
  }
  if (node.kind !== 'map') return;
  onlyKeys(node, document, name, checking);
  const version = node.entries.get('Version')?.value;
  if (version?.kind === 'scalar' && !versions.includes(String(version.value))) {
    const summary = `Version cannot be ${quote(String(version.value))}`;
    fail(checking, 'template-property-value', version.where, summary, `Write "${versions[0]}"`);
  }
  const statements = node.entries.get('Statement')?.value;
  if (!statements || isNoValue(statements)) {
    const summary = `${name} needs the property 'Statement'`;
    fail(checking, 'template-missing-property', node.where, summary, 'Add Statement');
    return;
  }
  if (statements.kind === 'scalar') {
    const summary = `Statement must be a list of statements, not ${kindOf(statements)}`;
    fail(checking, 'template-property-type', statements.where, summary);
    return;
  }
  for (const one of eachOf(statements)) checkStatement(one, kind, checking);
  checkSids(statements, kind !== 'resource', checking);
}

function checkStatement(node: TemplateNode, kind: Kind, checking: Checking): void {
  if (node.kind === 'intrinsic') return;
  if (node.kind !== 'map') {
    fail(
      checking,
      'template-property-type',
      node.where,
      `A statement must be a mapping, not ${kindOf(node)}`,
    );
    return;
  }
  const { own, foreign, reason } = kinds[kind];
  const allowed = [...statement, ...own];
  for (const name of foreign) {
    const entry = node.entries.get(name);
    if (!entry) continue;
    const summary = `A statement here cannot have ${name}`;
    fail(checking, 'template-exclusive-properties', entry.keyWhere, summary, `Remove ${name}. ${reason}`);
  }
  onlyKeys(node, [...allowed, ...foreign], 'A statement', checking);
  const properties = Object.fromEntries([...allowed, ...foreign].map((name) => [name, anything]));
  const pairs = [['Action', 'NotAction'], ...(own.includes('Resource') ? [resources] : [])];
  if (own.includes('Principal')) pairs.push(principals);
  for (const exactlyOne of pairs) {
    const rules: DefinitionSchema = { properties, required: [], exactlyOne };
    checkMemberRules(node, rules, 'A statement', checking);
  }
  checkEffect(node, checking);
  checkElements(node, kind, checking);
}

const anything: PropertySchema = { type: 'json' };

function checkEffect(node: MapNode, checking: Checking): void {
  const effect = node.entries.get('Effect')?.value;
  if (!effect || isNoValue(effect)) {
    const summary = "A statement needs the property 'Effect'";
    fail(checking, 'template-missing-property', node.where, summary, 'Add Effect: Allow, or Effect: Deny');
  }
  for (const one of eachOf(effect)) {
    if (one.kind !== 'scalar' || one.value === 'Allow' || one.value === 'Deny') continue;
    const word = String(one.value);
    const remedy = didYouMean(word, ['Allow', 'Deny'], 'It is one of Allow, Deny');
    fail(checking, 'template-property-value', one.where, `Effect cannot be ${quote(word)}`, remedy);
  }
}

function checkElements(node: MapNode, kind: Kind, checking: Checking): void {
  const values = (name: string) => eachOf(node.entries.get(name)?.value);
  for (const name of ['Action', 'NotAction'])
    for (const one of values(name)) checkAction(one, name, kind === 'trust', checking);
  for (const name of resources) for (const one of values(name)) checkResource(one, name, checking);
  for (const name of principals) for (const one of values(name)) checkPrincipal(one, name, checking);
  for (const one of values('Condition')) checkConditions(one, checking);
}

function onlyKeys(map: MapNode, known: readonly string[], owner: string, checking: Checking): void {
  for (const [key, { keyWhere }] of map.entries) {
    if (known.includes(key)) continue;
    const remedy = didYouMean(key, known, `It has ${known.join(', ')}`);
    fail(checking, 'template-unknown-property', keyWhere, `${owner} has no property ${quote(key)}`, remedy);
  }
}

/** What stands in a list or alone, on either side of a condition. */
function eachOf(node: TemplateNode | undefined): readonly TemplateNode[] {
  if (!node || isNoValue(node)) return [];
  if (node.kind === 'list') return node.items.flatMap(eachOf);
  if (node.kind === 'intrinsic' && node.name === 'Fn::If' && node.argument.kind === 'list')
    return node.argument.items.slice(1).flatMap(eachOf);
  return [node];
}
