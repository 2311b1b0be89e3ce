import { joinWords } from '../approval/people.ts';
import { sameValue } from '../base/canonical-json.ts';
import type { LivingStack } from './compare-settings.ts';
import { asksForOwners, type BaseSettings } from './read-settings.ts';

/**
 * What another CODEOWNERS would mean, a sentence each, plain text. Empty where it names the same people for the same
 * paths, or no rule asks for owners.
 */
export function compareOwners(
  before: BaseSettings,
  after: BaseSettings,
  alive: readonly LivingStack[],
): readonly string[] {
  if (!asksForOwners(before) && !asksForOwners(after)) return [];
  if (sameValue(before.codeowners.lines, after.codeowners.lines)) return [];
  const templates = [...new Set(alive.map(({ file }) => file))].sort();
  const lines = templates.flatMap((file) => {
    const [was, is] = [before, after].map(({ codeowners }) => describeOwners(codeowners.ownersOf(file)));
    return was === is ? [] : [`${file} is owned by ${is} instead of ${was}.`];
  });
  return [
    ...lines.slice(0, mostNamed),
    ...(lines.length > mostNamed ? [`So will ${lines.length - mostNamed} more templates be.`] : []),
    ...(lines.length === 0 ? ['CODEOWNERS changes, and no template that is in use gets other owners.'] : []),
  ];
}

/** More of them than these are only counted. */
const mostNamed = 10;

function describeOwners(owners: readonly string[]): string {
  return owners.length === 0 ? 'nobody' : joinWords(owners, 'and');
}
