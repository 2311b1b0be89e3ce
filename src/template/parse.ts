import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import { expandLoops } from './expand-loops.ts';
import { loopPrefix } from './intrinsics.ts';
import type { LoopValues } from './loop-parameters.ts';
import { asCondition } from './node-builder.ts';
import { didYouMean, problem, quote } from './problem.ts';
import { readNodes } from './read-nodes.ts';
import { readOutputs } from './read-outputs.ts';
import { readParameters } from './read-parameters.ts';
import { readResources } from './read-resources.ts';
import { type Expecting, expecting, kindOf } from './sections.ts';
import type { MapNode, Template, TemplateNode } from './template.ts';

const sections = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
] as const;

/** The one transform that Slipway carries out itself: it brings Fn::ForEach, Fn::Length and Fn::ToJsonString. */
const languageExtensions = 'AWS::LanguageExtensions';

/**
 * Text to template, YAML or JSON. Everything that is wrong with it comes back at once, sorted; the template only
 * when nothing is. Never throws. `file` is the path that positions show; `values` are what loops over parameters go over.
 */
export function parseTemplate(
  text: string,
  file: string,
  values?: LoopValues,
): { readonly template?: Template; readonly diagnostics: Diagnostic[] } {
  const { template, diagnostics } = readTemplate(text, file, values);
  return template && !hasErrors(diagnostics) ? { template, diagnostics } : { diagnostics };
}

/** Like `parseTemplate`, but with as much of a faulty template as could be read, for more checks to look at. */
export function readTemplate(
  text: string,
  file: string,
  values: LoopValues = {},
): { readonly template?: Template; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const root = readNodes(text, file, diagnostics);
  const expanded = root && text.includes(loopPrefix) ? expandLoops(root, values, diagnostics) : undefined;
  const read = root && readSections(expanded?.root ?? root, file, expecting(diagnostics));
  const template = read && expanded ? { ...read, loopsOver: expanded.loopsOver } : read;
  const sorted = sortDiagnostics(diagnostics);
  return template ? { template, diagnostics: sorted } : { diagnostics: sorted };
}

function readSections(root: TemplateNode, file: string, expect: Expecting): Template | undefined {
  const map = expect.map(root, 'A template');
  if (!map) return undefined;
  for (const [key, { keyWhere }] of map.entries) {
    if ((sections as readonly string[]).includes(key)) continue;
    expect.fail(
      keyWhere,
      `There is no template section ${quote(key)}`,
      didYouMean(key, sections, `The sections are ${sections.join(', ')}`),
    );
  }
  const section = (name: (typeof sections)[number]): MapNode | undefined => {
    const node = map.entries.get(name)?.value;
    if (!node || (node.kind === 'scalar' && node.value === null)) return undefined;
    return expect.map(node, name);
  };
  checkFormatVersion(map, expect);
  checkTransform(map, expect);
  refuseHooksAndRules(map, expect);
  const description = map.entries.get('Description')?.value;
  const descriptionText = description && expect.text(description, 'Description');
  const metadata = section('Metadata');
  const parameters = section('Parameters');
  const mappings = section('Mappings');
  const conditions = section('Conditions');
  const outputs = section('Outputs');
  const resources = section('Resources');
  if (!resources || resources.entries.size === 0) {
    expect.fail(
      map.entries.get('Resources')?.keyWhere ?? map.where,
      'The template has no resources',
      'Add one to Resources',
    );
  }
  return {
    file,
    ...(descriptionText === undefined ? {} : { description: descriptionText }),
    parameters: parameters ? readParameters(parameters, expect) : new Map(),
    mappings: mappings ? readMappings(mappings, expect) : new Map(),
    conditions: conditions ? readConditions(conditions, expect) : new Map(),
    resources: resources ? readResources(resources, expect) : new Map(),
    outputs: outputs ? readOutputs(outputs, expect) : new Map(),
    ...(metadata ? { metadata } : {}),
  };
}

function checkFormatVersion(map: MapNode, expect: Expecting): void {
  const version = map.entries.get('AWSTemplateFormatVersion')?.value;
  if (!version || (version.kind === 'scalar' && version.value === '2010-09-09')) return;
  expect.fail(
    version.where,
    'AWSTemplateFormatVersion has only one value',
    "Write AWSTemplateFormatVersion: '2010-09-09', or leave it out",
  );
}

function checkTransform(map: MapNode, expect: Expecting): void {
  const transform = map.entries.get('Transform')?.value;
  if (!transform) return;
  for (const node of transform.kind === 'list' ? transform.items : [transform]) {
    if (node.kind === 'scalar' && node.value === languageExtensions) continue;
    const name = node.kind === 'scalar' ? quote(String(node.value)) : kindOf(node);
    expect.diagnostics.push(
      problem(
        'template-unsupported',
        node.where,
        `The transform ${name} is not supported`,
        `Write out what it would produce; ${languageExtensions} is the one transform that Slipway knows`,
      ),
    );
  }
}

function refuseHooksAndRules(map: MapNode, expect: Expecting): void {
  const hooks = map.entries.get('Hooks');
  if (hooks) {
    expect.diagnostics.push(
      problem('template-unsupported', hooks.keyWhere, 'Hooks are not supported', 'Remove the Hooks section'),
    );
  }
  const rules = map.entries.get('Rules');
  if (rules) {
    expect.diagnostics.push({
      ...problem(
        'template-unsupported',
        rules.keyWhere,
        'Rules are not checked',
        'Use the constraints of the parameters, or a policy',
      ),
      severity: 'warning',
    });
  }
}

/** Mappings are two levels of names over scalars or lists of scalars. */
function readMappings(section: MapNode, expect: Expecting): Map<string, MapNode> {
  const mappings = new Map<string, MapNode>();
  for (const [name, entry] of section.entries) {
    const mapping = expect.map(entry.value, `Mapping ${name}`);
    if (!mapping) continue;
    for (const [key, { value }] of mapping.entries) {
      const inner = expect.map(value, `${key} in mapping ${name}`);
      for (const leaf of inner?.entries.values() ?? []) {
        const items = leaf.value.kind === 'list' ? leaf.value.items : [leaf.value];
        const wrong = items.find((item) => item.kind !== 'scalar');
        if (wrong) expect.fail(wrong.where, `A mapping holds plain values only, not ${kindOf(wrong)}`);
      }
    }
    mappings.set(name, mapping);
  }
  return mappings;
}

function readConditions(section: MapNode, expect: Expecting): Map<string, TemplateNode> {
  const conditions = new Map<string, TemplateNode>();
  for (const [name, entry] of section.entries) {
    if (!expect.logicalName(name, entry, 'The condition')) continue;
    conditions.set(name, asCondition(entry.value));
  }
  return conditions;
}
