import { type Checking, fail } from '../checking.ts';
import { quote } from '../problem.ts';

/** `Ref` has one name for parameters and resources: CloudFormation refuses a name that is both. */
export function checkUniqueNames(checking: Checking): void {
  const { parameters, resources } = checking.template;
  for (const { logicalId, where } of resources.values()) {
    if (!parameters.has(logicalId)) continue;
    const summary = `${quote(logicalId)} is the name of a parameter, too`;
    fail(checking, 'template-duplicate-key', where, summary, 'Rename one of them');
  }
}
