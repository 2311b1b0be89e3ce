/** Parameters, mappings and conditions that nothing uses: mostly the rest of something that was removed. */
import { hasErrors } from '../../base/diagnostic.ts';
import { type Checking, warn } from '../checking.ts';
import { subParts, subTarget } from '../substitution.ts';
import type { IntrinsicNode, TemplateNode } from '../template.ts';
import { valuesOf, walk } from './walk.ts';

interface Used {
  readonly names: Set<string>;
  readonly conditions: Set<string>;
  readonly mappings: Set<string>;
  /** Whether a function works out which mapping it looks in. */
  isAnyMapping: boolean;
}

/** Warns of what is declared and not used. */
export function checkUnused(checking: Checking): void {
  const { parameters, mappings, conditions } = checking.template;
  // What is misspelt where it is used is not called unused besides.
  if (hasErrors(checking.diagnostics) || parameters.size + mappings.size + conditions.size === 0) return;
  const used = usedIn(checking);
  const unused = (what: string, name: string, where: TemplateNode['where']) =>
    warn(checking, 'template-unused', where, `Nothing uses the ${what} '${name}'`, 'Remove it');
  for (const { name, where } of parameters.values())
    if (!used.names.has(name)) unused('parameter', name, where);
  for (const [name, { where }] of mappings)
    if (!used.isAnyMapping && !used.mappings.has(name)) unused('mapping', name, where);
  for (const [name, { where }] of conditions)
    if (!used.conditions.has(name)) unused('condition', name, where);
}

function usedIn({ template }: Checking): Used {
  const used: Used = {
    names: new Set(template.loopsOver),
    conditions: new Set(),
    mappings: new Set(),
    isAnyMapping: false,
  };
  const visitor = { function: (node: IntrinsicNode) => note(node, used) };
  for (const declaration of [...template.resources.values(), ...template.outputs.values()]) {
    if (declaration.condition) used.conditions.add(declaration.condition.name);
    for (const value of valuesOf(declaration)) walk(value, visitor);
  }
  for (const value of template.conditions.values()) walk(value, visitor);
  if (template.metadata) walk(template.metadata, visitor);
  return used;
}

function note({ name, argument }: IntrinsicNode, used: Used): void {
  const [first] = argument.kind === 'list' ? argument.items : [argument];
  const text = first?.kind === 'scalar' ? String(first.value) : undefined;
  if (name === 'Fn::FindInMap' && text === undefined) used.isAnyMapping = true;
  if (text === undefined) return;
  if (name === 'Ref') used.names.add(text);
  else if (name === 'Condition' || name === 'Fn::If') used.conditions.add(text);
  else if (name === 'Fn::FindInMap') used.mappings.add(text);
  else if (name === 'Fn::Sub')
    for (const part of subParts(text))
      if (part.kind === 'variable') used.names.add(subTarget(part.name).name);
}
