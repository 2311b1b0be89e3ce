/**
 * An AllowedPattern for JavaScript. CloudFormation's are Java's: `(?i)` at the beginning makes the whole pattern
 * ignore case, for which JavaScript wants brackets around what follows.
 */
export function javaScriptPattern(pattern: string): string {
  return pattern.replace(/^(\^?)\(\?([ims]+)\)(.*)$/s, '$1(?$2:$3)');
}
