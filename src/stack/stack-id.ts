/** What a stack is called, for ever: `acme/shop:infra/shop.yaml@prod`, by the path that its template had first. */
import type { StackId } from './stack.ts';

/**
 * The name of the stack of a template in an environment.
 *
 * @param generation which of the stacks that began at this path: the first may live on at another one. Git has no
 *   path with two slashes in a row, so that `infra/shop.yaml//2` is the name of no other template's stack.
 */
export function stackId(repository: string, file: string, environment: string, generation = 1): StackId {
  return `${repository}:${file}${generation > 1 ? `//${generation}` : ''}@${environment}`;
}

/**
 * As people call it who write rules: `acme/shop:infra/shop.yaml@prod` also of `acme/shop:infra/shop.yaml//2@prod`.
 * Which of several stacks began at the path nobody outside knows, nor should a rule end with the first of them.
 */
export function ruleNameOf(stack: StackId): string {
  return stack.replace(/\/\/\d+(?=@[^@]*$)/, '');
}

/** `infra/shop.yaml//2` of `acme/shop:infra/shop.yaml//2@prod`: no other stack of the repository is called so. */
export function ownPathOf(stack: StackId): string {
  return stack.slice(stack.indexOf(':') + 1, stack.lastIndexOf('@'));
}

/** `acme/shop` of `acme/shop:infra/shop.yaml@prod` */
export function repositoryOf(stack: StackId): string {
  return stack.slice(0, stack.indexOf(':'));
}

/**
 * `shop-prod` of `acme/shop:infra/shop.yaml@prod`, `shop-2-prod` of `acme/shop:infra/shop.yaml//2@prod`: in the
 * letters that CloudFormation allows. It is made of the name and not of where the template is now:
 * a resource that is named after it would be another one after a move.
 */
export function stackNameOf(stack: StackId): string {
  const at = stack.lastIndexOf('@');
  const [path = '', generation] = (at < 0 ? stack : stack.slice(0, at)).split('//');
  const file = path.replace(/^.*[/:]/, '').replace(/\.[^.]*$/, '');
  const environment = at < 0 ? undefined : stack.slice(at + 1);
  return [file, generation, environment]
    .filter((part) => part !== undefined)
    .join('-')
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .slice(0, 128);
}
