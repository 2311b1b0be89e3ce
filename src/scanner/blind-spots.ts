import { isObject, type Value } from '../base/value.ts';
import { loopPrefix } from '../template/intrinsics.ts';
import type { Hit } from './scanner.ts';
import { loopsOf, type TemplateText } from './template-text.ts';

/** How a template can tell a tool to look away, by the tool's own name in lower case. */
interface BlindSpot {
  /** Comments that do. Tools look for the words anywhere in a line, inside of others too. */
  readonly comment?: RegExp;
  /** Keys of a `Metadata` that do. */
  readonly metadata?: readonly string[];
  /** Whether it writes out `Fn::ForEach`; the others see none of the resources in it. */
  readonly readsLoops?: true;
}

/**
 * Sources: the tools' own documentation: 'Metadata' of cfn-lint, 'Suppressing and Skipping Policies' of Checkov,
 * 'Filtering' of Trivy, 'Using commands on scanned files as comments' of KICS.
 */
const spots: Readonly<Record<string, BlindSpot>> = {
  'cfn-lint': { metadata: ['cfn-lint'], readsLoops: true },
  checkov: { comment: /(?:checkov|bridgecrew|cortex):skip/i, metadata: ['checkov', 'bridgecrew'] },
  kics: { comment: /kics-scan/i },
  trivy: { comment: /(?:trivy|tfsec):ignore/i },
};

/**
 * What a tool was told not to look at, or cannot: a pull request may not lift its own findings. Each is a hit of a
 * rule of its own, `switched-off` or `loops`, so that an operator can ignore it.
 *
 * @param tool as its SARIF calls it
 */
export function blindSpots(tool: string, template: TemplateText): readonly Hit[] {
  const spot = spots[tool.toLowerCase()] ?? {};
  const looksAway = (line: number): Hit => ({
    rule: 'switched-off',
    title: `Templates do not tell ${tool} what to leave out`,
    message: `This line tells ${tool} to leave out checks`,
    remedy: 'Take it out, and have the findings overridden or excepted by the settings.',
    level: 'error',
    at: { line },
  });
  return [
    // What a comment is for the tool decides: the line after it, its resource, or the file.
    ...commentLines(spot, template).map((line) => ({ ...looksAway(line), ofTemplate: true as const })),
    ...metadataLines(spot, template).map(looksAway),
    ...linesOf(template, octal).map((line) => ({
      ...looksAway(line),
      title: `${tool} reads the numbers that are there`,
      message: `${tool} may read the number on this line as an octal one: another than CloudFormation has`,
      remedy: 'Write it without a zero before it, or in quotes.',
    })),
    ...(spot.readsLoops ? [] : loopsOf(template)).map(({ name, where }) => ({
      rule: 'loops',
      title: `${tool} sees every resource`,
      message: `${tool} does not see what ${name.startsWith(loopPrefix) ? name : `the loop in ${name}`} makes`,
      remedy: 'Write them out, or have the finding overridden.',
      level: 'error' as const,
      at: { line: where.line },
    })),
  ];
}

function commentLines({ comment }: BlindSpot, template: TemplateText): readonly number[] {
  return comment ? linesOf(template, comment) : [];
}

/** `FromPort: 022` is port 22, and 18 to tools that read YAML 1.1. Bounded: the line may be a megabyte long. */
const octal = /(?:^\s*|[:-]\s|[[,])\s*(?:[&!]\S{1,99}\s+){0,2}[-+]?0[0-7_]+\s*(?:$|[,\]}]|\s#)/;

function linesOf({ text }: TemplateText, found: RegExp): readonly number[] {
  return text.split('\n').flatMap((line, index) => (found.test(line) ? [index + 1] : []));
}

function metadataLines({ metadata = [] }: BlindSpot, { json, blocks }: TemplateText): readonly number[] {
  const resources = isObject(json) && isObject(json.Resources) ? json.Resources : {};
  const holds = (resource: Value | undefined) =>
    isObject(resource) &&
    isObject(resource.Metadata) &&
    Object.keys(resource.Metadata).some((key) => metadata.includes(key));
  const those = blocks.filter(({ section, name, logicalIds }) =>
    section === 'Metadata' ? metadata.includes(name) : logicalIds.some((id) => holds(resources[id])),
  );
  return those.map(({ where }) => where.line);
}
