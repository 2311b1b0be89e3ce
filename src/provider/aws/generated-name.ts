import { createHash } from 'node:crypto';
import type { StackId } from '../../stack/stack.ts';
import { stackNameOf } from '../../stack/stack-id.ts';

export interface NamedCreate {
  readonly stack: StackId;
  readonly logicalId: string;
  readonly intent: string;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The name of a resource that must have one and was given none, in CloudFormation's form:
 * `shop-prod-InstanceRole-1QX5T7ZK2M4P`. The same create always gets the same name, so that it can be found by it;
 * another create of the same resource gets another, so that both generations can exist.
 */
export function generatedName(create: NamedCreate, maxLength: number): string {
  const { stack, logicalId, intent } = create;
  const digest = createHash('sha256').update(`${stack}\n${logicalId}\n${intent}`).digest();
  const suffix = Array.from({ length: 12 }, (_, i) => alphabet[digest[i]! % alphabet.length]).join('');
  const room = maxLength - suffix.length - 1;
  // Long names lose letters of the stack first: the logical id says more.
  const own = logicalId.slice(0, Math.max(1, room - 9));
  const prefix = stackNameOf(stack)
    .replace(/^-+/, '')
    .slice(0, Math.max(0, room - own.length - 1))
    .replace(/-+$/, '');
  return [prefix, own, suffix].filter((part) => part !== '').join('-');
}

/** Whether a name is one that `generatedName` has given, so that nobody chose it. The logical id may be another by now. */
export function isGeneratedName(
  name: string,
  { stack, logicalId }: Pick<NamedCreate, 'stack' | 'logicalId'>,
): boolean {
  const [, prefix = '', own] = /^(?:(.*)-)?([A-Za-z0-9]+)-[A-Z2-7]{12}$/.exec(name) ?? [];
  if (own === undefined) return false;
  const isOfStack = prefix !== '' && stackNameOf(stack).replace(/^-+/, '').startsWith(prefix);
  return isOfStack || logicalId.startsWith(own);
}
