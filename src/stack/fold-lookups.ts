import { isList, isObject, isUnknown, unknown, type Value } from '../base/value.ts';
import { didYouMean, problem, quote } from '../template/problem.ts';
import type { MapNode, TemplateNode } from '../template/template.ts';
import { fold } from './fold.ts';
import { absent, type Folded, report, type Site, spend } from './folding.ts';
import { scalarText } from './functions.ts';

export function foldFindInMap(argument: TemplateNode, node: TemplateNode, site: Site): Folded {
  const items = argument.kind === 'list' ? argument.items : [];
  if (items.length !== 3 && items.length !== 4) {
    report(site, node, 'Fn::FindInMap takes a mapping, a first key and a second key');
    return unknown;
  }
  const keys = items.slice(0, 3).map((item) => fold(item, site));
  if (keys.some((key) => key !== absent && isUnknown(key))) return unknown;
  const [mapName, first, second] = keys.map((key) => (key === absent ? undefined : scalarText(key)));
  if (mapName === undefined || first === undefined || second === undefined) {
    report(
      site,
      node,
      'The keys of Fn::FindInMap must be known before anything is created',
      'Use parameters or texts',
    );
    return unknown;
  }
  const fallback = defaultOf(items[3]);
  const { mappings } = site.folding.template;
  const found = find(mappings.get(mapName), first, second);
  // The same long list may be asked for by thousands.
  if (found?.kind === 'list' && !spend(site.folding, node, found.items.length)) return unknown;
  if (found) return fold(found, site);
  if (fallback) return fold(fallback, site);
  const mapping = mappings.get(mapName);
  const level = mapping?.entries.get(first)?.value;
  const [what, remedy] = !mapping
    ? [`There is no mapping ${quote(mapName)}`, didYouMean(mapName, mappings.keys())]
    : level?.kind !== 'map'
      ? [`The mapping ${mapName} has no key ${quote(first)}`, didYouMean(first, mapping.entries.keys())]
      : [
          `The mapping ${mapName} has no key ${quote(second)} under ${first}`,
          didYouMean(second, level.entries.keys()),
        ];
  site.folding.diagnostics.push(problem('template-reference', node.where, what, remedy));
  return unknown;
}

function find(mapping: MapNode | undefined, first: string, second: string): TemplateNode | undefined {
  const level = mapping?.entries.get(first)?.value;
  return level?.kind === 'map' ? level.entries.get(second)?.value : undefined;
}

function defaultOf(node: TemplateNode | undefined): TemplateNode | undefined {
  return node?.kind === 'map' ? node.entries.get('DefaultValue')?.value : undefined;
}

export function foldGetAZs(argument: TemplateNode, node: TemplateNode, site: Site): Value {
  const folded = fold(argument, site);
  const given = folded === absent ? undefined : folded;
  if (given !== undefined && isUnknown(given)) return unknown;
  if (given !== null && typeof given !== 'string') {
    report(site, node, 'Fn::GetAZs takes a region, or an empty text for the region of the stack');
    return unknown;
  }
  const region = given === null || given === '' ? site.folding.lookups.region : given;
  if (region === undefined) return unknown;
  const zones = site.folding.lookups.zones(region);
  if (zones && zones.length > 0) return zones;
  site.folding.diagnostics.push(
    problem('cloud-unresolved', node.where, `There are no availability zones in the region ${quote(region)}`),
  );
  return unknown;
}

export function foldImportValue(argument: TemplateNode, node: TemplateNode, site: Site): Value {
  const name = fold(argument, site);
  if (name !== absent && isUnknown(name)) return unknown;
  if (typeof name !== 'string') {
    const because =
      name !== absent && (isObject(name) || isList(name)) ? ' known before anything is created' : '';
    report(site, node, `Fn::ImportValue takes the name of an export${because}`);
    return unknown;
  }
  if (site.folding.lookups.isLate(name)) return { 'Fn::ImportValue': name };
  const value = site.folding.lookups.exported(name);
  if (value !== undefined) return value;
  site.folding.diagnostics.push(
    problem(
      'cloud-unresolved',
      node.where,
      `No stack exports ${quote(name)}`,
      'Apply the stack that exports it first',
    ),
  );
  return unknown;
}
