/** Texts with `${Name}` in them that no `Fn::Sub` is around: they are taken as they stand. */
import { type Checking, warn } from '../checking.ts';
import { pseudoParameters } from '../intrinsics.ts';
import { subParts, subTarget } from '../substitution.ts';
import type { ScalarNode } from '../template.ts';
import { valuesOf, walk } from './walk.ts';

/** Warns where the name is one of the template's: what else stands there is some other language's variable. */
export function checkPlainVariables(checking: Checking): void {
  const { parameters, resources, outputs } = checking.template;
  const visitor = {
    text(node: ScalarNode) {
      const text = String(node.value);
      if (!text.includes('${')) return;
      // A script has variables of its own, of any name; none has a name of AWS's.
      const isScript = text.includes('\n');
      const meant = subParts(text).find((part) => {
        if (part.kind === 'text') return false;
        const { name } = subTarget(part.name);
        return (
          pseudoParameters.includes(name) || (!isScript && (parameters.has(name) || resources.has(name)))
        );
      });
      if (meant?.kind !== 'variable') return;
      const summary = `\${${meant.name}} is not replaced here: the text has no Fn::Sub`;
      warn(checking, 'template-intrinsic', node.where, summary, 'Write !Sub before the text');
    },
  };
  for (const { properties } of resources.values()) if (properties) walk(properties, visitor);
  for (const output of outputs.values()) for (const value of valuesOf(output)) walk(value, visitor);
}
