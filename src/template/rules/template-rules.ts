/**
 * rules/ checks what the schemas of single properties cannot tell: how resources go together, and what is most likely
 * not meant. In: a template that was read. Out: diagnostics. No rule says anything of values that it does not know.
 */
import type { Checking } from '../checking.ts';
import { checkAssociations } from './associations.ts';
import { checkConditionalReferences } from './conditional-references.ts';
import { checkPlainVariables } from './plain-variables.ts';
import { checkSubnetBlocks } from './subnet-blocks.ts';
import { checkLimits } from './template-limits.ts';
import { checkUniqueNames } from './unique-names.ts';
import { checkUnused } from './unused.ts';

/** Each looks at the whole template. */
export const templateRules: readonly ((checking: Checking) => void)[] = [
  checkAssociations,
  checkConditionalReferences,
  checkLimits,
  checkPlainVariables,
  checkSubnetBlocks,
  checkUniqueNames,
  checkUnused,
];
