import type {
  IntrinsicNode,
  OutputDeclaration,
  ResourceDeclaration,
  ScalarNode,
  TemplateNode,
} from '../template.ts';
import type { Assumption } from './worlds.ts';

/** What is told of the values within a value. */
interface Visitor {
  function?(node: IntrinsicNode, assuming: readonly Assumption[]): void;
  /** A text that is not the text of an `Fn::Sub`. */
  text?(node: ScalarNode): void;
}

/** Every value within this one, with what the sides of `Fn::If` around it assume. */
export function walk(node: TemplateNode, visitor: Visitor, assuming: readonly Assumption[] = []): void {
  switch (node.kind) {
    case 'scalar':
      if (typeof node.value === 'string') visitor.text?.(node);
      return;
    case 'list':
      for (const item of node.items) walk(item, visitor, assuming);
      return;
    case 'map':
      for (const { value } of node.entries.values()) walk(value, visitor, assuming);
      return;
    case 'intrinsic':
      visitor.function?.(node, assuming);
      walkArgument(node, visitor, assuming);
  }
}

function walkArgument(
  { name, argument }: IntrinsicNode,
  visitor: Visitor,
  assuming: readonly Assumption[],
): void {
  const items = argument.kind === 'list' ? argument.items : [argument];
  if (name === 'Fn::Sub') {
    // Its own text is looked at by whoever looks at the function.
    for (const item of items.slice(1)) walk(item, visitor, assuming);
    return;
  }
  const [condition, ...sides] = items;
  if (name !== 'Fn::If' || condition?.kind !== 'scalar') {
    walk(argument, visitor, assuming);
    return;
  }
  for (const [index, side] of sides.entries())
    walk(side, visitor, [...assuming, { condition: String(condition.value), holds: index === 0 }]);
}

/** Every value that a resource or an output is declared with. */
export function valuesOf(declaration: ResourceDeclaration | OutputDeclaration): readonly TemplateNode[] {
  if ('value' in declaration) return present(declaration.value, declaration.exportName);
  const { properties, metadata, creationPolicy, updatePolicy } = declaration;
  return present(properties, metadata, creationPolicy?.value, updatePolicy?.value);
}

function present(...values: readonly (TemplateNode | undefined)[]): readonly TemplateNode[] {
  return values.filter((value) => value !== undefined);
}
