/**
 * SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0) as other tools write it. In: what a tool wrote about a
 * template that anybody may have written, so nothing of it is trusted to have a shape. Out: hits, or why it says
 * nothing.
 */
import { z } from 'zod';
import type { Severity } from '../policy/finding.ts';
import { done, failed, type Hit, type Level, levels, mostHits, type Scanned, tooMany } from './scanner.ts';

const text = z.object({ text: z.string().optional() });
const level = z.enum([...levels, 'none']);
const properties = z.object({ 'security-severity': z.union([z.string(), z.number()]).optional() });

const rule = z.object({
  id: z.string(),
  name: z.string().optional(),
  shortDescription: text.optional(),
  fullDescription: text.optional(),
  help: text.optional(),
  helpUri: z.string().optional(),
  messageStrings: z.record(z.string(), text).optional(),
  defaultConfiguration: z.object({ level: level.optional() }).optional(),
  properties: properties.optional(),
});

const component = z.object({ name: z.string(), rules: z.array(rule).optional() });

const result = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.int().optional(),
  rule: z.object({ id: z.string().optional(), index: z.int().optional() }).optional(),
  kind: z.string().optional(),
  level: level.optional(),
  message: text.extend({ id: z.string().optional(), arguments: z.array(z.string()).optional() }),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string().optional() }).optional(),
            region: z.object({ startLine: z.int().optional(), startColumn: z.int().optional() }).optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  suppressions: z.array(z.object({ kind: z.string() })).optional(),
  properties: properties.optional(),
});

const sarif = z.object({
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.object({
        tool: z.object({ driver: component, extensions: z.array(component).optional() }),
        invocations: z
          .array(
            z.object({
              executionSuccessful: z.boolean(),
              toolExecutionNotifications: z.array(z.object({ message: text })).optional(),
            }),
          )
          .optional(),
        // Counted before they are looked at.
        results: z.array(z.unknown()).nullish(),
      }),
    )
    .min(1),
});

type Rule = z.output<typeof rule>;
type Result = z.output<typeof result>;

/** What a tool's SARIF comes to, and what the tool calls itself there. */
export interface SarifReading {
  readonly tool: string;
  readonly scanned: Scanned;
}

/** @param artifact the name of the template file that the tool was given */
export function readSarif(json: string, artifact: string): SarifReading {
  const unreadable = (why: string): SarifReading => ({
    tool: '',
    scanned: failed(
      `What it wrote is not SARIF 2.1.0: ${why}`,
      'Have the operator run the command by hand and look at what it writes.',
    ),
  });
  if (json.trim() === '') return unreadable('it wrote nothing');
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    return unreadable((error as Error).message.slice(0, 200));
  }
  const parsed = sarif.safeParse(data);
  if (!parsed.success) return unreadable(issueText(parsed.error));
  const { runs } = parsed.data;
  const tool = runs[0]!.tool.driver.name;
  for (const invocation of runs.flatMap((run) => run.invocations ?? [])) {
    if (invocation.executionSuccessful) continue;
    const notes = (invocation.toolExecutionNotifications ?? []).map(({ message }) => message.text ?? '');
    const said = notes.filter(Boolean).join('; ').slice(0, 500);
    const reason = `It says of itself that it did not succeed${said === '' ? '' : `: ${said}`}`;
    return { tool, scanned: failed(reason, 'Mend what it names, or have the operator look at it.') };
  }
  const count = runs.reduce((sum, { results }) => sum + (results?.length ?? 0), 0);
  if (count > mostHits) return { tool, scanned: tooMany(count) };
  const hits: Hit[] = [];
  for (const { tool: component, results } of runs) {
    const { driver, extensions = [] } = component;
    const rules = [driver, ...extensions].flatMap((one) => one.rules ?? []);
    const known = { driver: driver.rules ?? [], byId: new Map(rules.map((one) => [one.id, one])) };
    const checked = z.array(result).safeParse(results ?? []);
    if (!checked.success) return unreadable(issueText(checked.error));
    hits.push(...checked.data.flatMap((one) => hitOf(one, known, artifact) ?? []));
  }
  return { tool, scanned: done(hits) };
}

function issueText({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 200);
}

interface Rules {
  /** What an index counts. */
  readonly driver: readonly Rule[];
  readonly byId: ReadonlyMap<string, Rule>;
}

function hitOf(found: Result, rules: Rules, artifact: string): Hit | undefined {
  if (['pass', 'notApplicable', 'informational'].includes(found.kind ?? 'fail')) return undefined;
  // What a comment in the template suppresses counts: a pull request does not lift its own findings.
  if (found.suppressions?.some(({ kind }) => kind === 'external')) return undefined;
  const id = found.ruleId ?? found.rule?.id;
  const known =
    // An id may go on after a slash: it is a case of the rule then (section 3.52.4).
    (id === undefined ? undefined : (rules.byId.get(id) ?? rules.byId.get(id.replace(/\/[^/]*$/, '')))) ??
    rules.driver[found.ruleIndex ?? found.rule?.index ?? -1];
  const name = id ?? known?.id ?? '';
  const message = messageOf(found, known);
  const title = known?.shortDescription?.text ?? known?.name ?? known?.fullDescription?.text;
  const remedy = remedyOf(known);
  const severity = severityOf(found.properties) ?? severityOf(known?.properties);
  const at = placeIn(found, artifact);
  return {
    rule: name,
    message: message ?? title ?? name,
    level: levelOf(found, known),
    // With its name: a title may say what is right or what is wrong.
    ...(title && name ? { title: `${name}: ${title}` } : {}),
    ...(remedy ? { remedy } : {}),
    ...(severity ? { severity } : {}),
    ...(at ? { at } : {}),
  };
}

/** Section 3.11.7: a message is a text, or the id of one of the rule's with places for arguments. */
function messageOf({ message }: Result, known: Rule | undefined): string | undefined {
  if (message.text !== undefined) return message.text;
  const template = message.id === undefined ? undefined : known?.messageStrings?.[message.id]?.text;
  return template?.replaceAll(
    /\{(\d+)\}/g,
    (whole, index: string) => message.arguments?.[Number(index)] ?? whole,
  );
}

function remedyOf(known: Rule | undefined): string | undefined {
  // Checkov writes into the rule which resource it found first: of the others that is wrong.
  const help = known?.help?.text?.replace(/\nResource: \S+$/, '').trim();
  const link = known?.helpUri ? `See ${known.helpUri}` : undefined;
  return [help, link].filter(Boolean).join('\n') || undefined;
}

/** Section 3.27.10; `none` is of what is no failure, and here something is found. */
function levelOf(found: Result, known: Rule | undefined): Level {
  const said = found.level ?? known?.defaultConfiguration?.level ?? 'warning';
  return said === 'none' ? 'note' : said;
}

/** As GitHub reads it: above 9.0 is critical, from 7.0 high, from 4.0 medium. */
function severityOf(from: z.output<typeof properties> | undefined): Severity | undefined {
  const score = Number.parseFloat(String(from?.['security-severity'] ?? ''));
  if (!(score > 0)) return undefined;
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';
}

function placeIn({ locations = [] }: Result, artifact: string): Hit['at'] {
  for (const { physicalLocation } of locations) {
    const { region, artifactLocation } = physicalLocation ?? {};
    if (region?.startLine === undefined || !isArtifact(artifactLocation?.uri, artifact)) continue;
    return {
      line: region.startLine,
      ...(region.startColumn === undefined ? {} : { column: region.startColumn }),
    };
  }
  return undefined;
}

/** Tools write the path as they were given it, or from the root, or escaped. */
function isArtifact(uri: string | undefined, artifact: string): boolean {
  return uri === undefined || uri.split('/').at(-1) === artifact;
}
