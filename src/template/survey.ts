import { CST, Lexer } from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import { problem, quote } from './problem.ts';
import type { SourcePositions } from './source-positions.ts';
import { maximumAliased, maximumDepth, tooDeep } from './yaml-limits.ts';

/** Texts below this size do no harm, whatever is in them. */
const harmless = 20_000;

/** How often the same indicator may follow itself: more is no template, and each costs an error or a level. */
const longestRun = 2 * maximumDepth;

/**
 * Looks over the tokens of a text before it is composed. The yaml library takes ten seconds and more over a
 * megabyte of brackets, commas or directives; a pull request must not be able to hold up a server for that long.
 */
export function survey(positions: SourcePositions): Diagnostic | undefined {
  const { text } = positions;
  if (text.length < harmless) return undefined;
  let offset = 0;
  let depth = 0;
  let names = 0;
  let run = 0;
  let previous = '';
  let beforeScalar = false;
  for (const token of new Lexer().lex(text)) {
    // Marks that the lexer adds itself; the last says that what follows is a scalar, whatever it begins with.
    if (token === '\u0002' || token === '\u0018' || token === '\u001f') {
      beforeScalar = token === '\u001f';
      continue;
    }
    const type = beforeScalar ? 'scalar' : (CST.tokenType(token) ?? 'scalar');
    beforeScalar = false;
    const where = () => positions.range(offset, offset + token.length);
    if (type !== 'space' && type !== 'newline' && type !== 'comment') {
      run = type === previous && type !== 'scalar' ? run + 1 : 0;
      previous = type;
      if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
      if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
      if (type === 'anchor' || type === 'alias') names++;
      if (depth > maximumDepth) return tooDeep(where());
      if (names > maximumAliased) {
        return problem(
          'template-syntax',
          where(),
          `The text has more than ${maximumAliased} anchors and aliases`,
        );
      }
      if (run > longestRun) {
        return problem(
          'template-syntax',
          where(),
          `${quote(token)} stands here more than ${longestRun} times in a row`,
        );
      }
    }
    offset += token.length;
  }
  return undefined;
}
