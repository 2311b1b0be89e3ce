/** References to resources that a condition may leave out, where nothing says that it does not. */
import { type Checking, warn } from '../checking.ts';
import { subParts, subTarget } from '../substitution.ts';
import type { IntrinsicNode } from '../template.ts';
import { valuesOf, walk } from './walk.ts';
import { type Assumption, areTogether } from './worlds.ts';

/** Warns: with such parameters CloudFormation refuses the template, and so does Slipway's plan. */
export function checkConditionalReferences(checking: Checking): void {
  const { resources, outputs } = checking.template;
  const conditional = new Map(
    [...resources.values()].flatMap(({ logicalId, condition }) =>
      condition ? [[logicalId, condition.name] as const] : [],
    ),
  );
  if (conditional.size === 0) return;
  // Large templates have the same few conditions again and again.
  const answers = new Map<string, boolean>();
  const isAbsentWhen = (condition: string, assuming: readonly Assumption[]): boolean => {
    const key = JSON.stringify([condition, assuming]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = areTogether([...assuming, { condition, holds: false }], checking.template) === true;
    answers.set(key, answer);
    return answer;
  };
  for (const declaration of [...resources.values(), ...outputs.values()]) {
    const own = declaration.condition ? [{ condition: declaration.condition.name, holds: true }] : [];
    const visitor = {
      function(node: IntrinsicNode, assuming: readonly Assumption[]) {
        const absent = referredIn(node).find((logicalId) => {
          const condition = conditional.get(logicalId);
          return condition !== undefined && isAbsentWhen(condition, [...own, ...assuming]);
        });
        if (absent === undefined) return;
        const condition = conditional.get(absent)!;
        const summary = `${absent} is not there when the condition ${condition} does not hold`;
        const remedy = `Use !If [${condition}, ..., !Ref AWS::NoValue], or give both the same condition`;
        warn(checking, 'template-reference', node.where, summary, remedy);
      },
    };
    for (const value of valuesOf(declaration)) walk(value, visitor);
  }
}

function referredIn({ name, argument }: IntrinsicNode): readonly string[] {
  const [first] = argument.kind === 'list' ? argument.items : [argument];
  if (first?.kind !== 'scalar') return [];
  const text = String(first.value);
  if (name === 'Ref' || name === 'Fn::GetAtt') return [text];
  if (name !== 'Fn::Sub') return [];
  return subParts(text).flatMap((part) => (part.kind === 'variable' ? [subTarget(part.name).name] : []));
}
