/** What a stack was made from, as it is kept with the run: enough to plan it again, and no secret in it. */
import type { SourceRange } from '../base/source.ts';
import type { ParameterValues } from '../stack/stack.ts';
import type { StackVersion } from '../state/state.ts';
import { storedType } from '../template/parameter-types.ts';
import { parseTemplate } from '../template/parse.ts';
import type { ParameterDeclaration, Template } from '../template/template.ts';

/** Stands in the kept text where the default of a NoEcho parameter was. */
const notKept = 'secret-not-kept';

/** What a stack is about to be made from. */
export interface VersionInput {
  readonly text: string;
  readonly template: Template;
  readonly parameters: ParameterValues;
  readonly ssmParameters: ReadonlyMap<string, string>;
  readonly mask: (text: string) => string;
}

/**
 * The version without its secrets: values of NoEcho parameters are left out, their defaults replaced, and both
 * named, so that a rollback asks for them again. Undefined where the text holds a secret besides, which cannot be
 * taken out without making it another template.
 */
export function keptVersion(input: VersionInput): StackVersion | undefined {
  const { template, parameters, ssmParameters, mask } = input;
  const secret = [...template.parameters.values()].filter(isSecretParameter);
  const names = new Set(secret.map((p) => p.name));
  const kept = withoutDefaults(input, secret);
  if (kept === undefined || mask(kept) !== kept) return undefined;
  const version: StackVersion = {
    file: template.file,
    text: kept,
    parameters: Object.fromEntries(Object.entries(parameters).filter(([name]) => !names.has(name))),
    secretParameters: [...names].sort(),
    ssmParameters: Object.fromEntries(ssmParameters),
  };
  return mask(JSON.stringify(version)) === JSON.stringify(version) ? version : undefined;
}

/** One whose value is its text. That of `AWS::SSM::Parameter::Value<...>` is only the name of where it is stored. */
function isSecretParameter({ noEcho, type }: ParameterDeclaration): boolean {
  return noEcho && storedType(type) === undefined;
}

/** The text with every secret default replaced; undefined where that did not come out right. */
function withoutDefaults(
  { text, template: { file }, parameters }: VersionInput,
  secret: readonly ParameterDeclaration[],
): string | undefined {
  const ranges = secret.flatMap((p) => p.default?.where ?? []);
  if (ranges.length === 0) return text;
  const redacted = replaceRanges(text, ranges);
  // Read once more: an anchor, a block of text or whatever else stands there must not have left a rest.
  const { template } = parseTemplate(redacted, file, parameters);
  const isGone = ({ name, default: was }: ParameterDeclaration) => {
    const now = template?.parameters.get(name)?.default;
    return was === undefined || (now?.kind === 'scalar' && now.value === notKept);
  };
  return secret.every(isGone) ? redacted : undefined;
}

function replaceRanges(text: string, ranges: readonly SourceRange[]): string {
  const lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1);
  const offset = (line: number, column: number) => lineStarts[line - 1]! + column - 1;
  const spans = ranges.map((r) => ({
    start: offset(r.line, r.column),
    end: offset(r.endLine ?? r.line, r.endColumn ?? r.column),
  }));
  // From the end, so that what is still to be replaced keeps its place; one that an alias named twice only once.
  let result = text;
  let last = text.length;
  for (const { start, end } of spans.sort((a, b) => b.start - a.start)) {
    if (end > last) continue;
    const rest = text.slice(start, end);
    const after = /\s*$/.exec(rest)![0];
    result = `${result.slice(0, start)}"${notKept}"${after}${result.slice(end)}`;
    last = start;
  }
  return result;
}
