import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { resolveCommit } from '../git/commits.ts';
import { refusal } from '../http/refusal.ts';
import type { Analysis, AnalysisResult } from '../model/code-scanning.ts';
import type { Repository } from '../model/repository.ts';

const refs = /^refs\/(?:heads\/.+|tags\/.+|pull\/[1-9]\d*\/(?:merge|head))$/;

/** What GitHub takes of one upload. */
const most = { bytes: 10 * 1024 * 1024, runs: 20, results: 25_000 };

/**
 * Takes an analysis: SARIF, compressed with gzip and then in Base64. What is refused, and with which status, is as
 * https://docs.github.com/en/rest/code-scanning/code-scanning#upload-an-analysis-as-sarif-data has it.
 */
export async function uploadAnalysis(
  repository: Repository,
  upload: { readonly ref: string; readonly sha: string; readonly sarif: string },
): Promise<Analysis> {
  const { codeScanning, git } = repository;
  if (!codeScanning.enabled) {
    throw refusal(403, 'Code Security must be enabled for this repository to use code scanning.');
  }
  if (!refs.test(upload.ref)) throw refusal(422, `ref is not a full reference: ${upload.ref}`);
  if (!/^[0-9a-f]{40}$/.test(upload.sha) || !(await resolveCommit(git, upload.sha)))
    throw refusal(422, `commit not found: ${upload.sha}`);
  const compressed = Buffer.from(upload.sarif, 'base64');
  if (compressed.length > most.bytes) throw refusal(413, 'The SARIF file is too large');
  const { tool, results } = readSarif(compressed);
  const analysis: Analysis = { id: randomUUID(), ref: upload.ref, sha: upload.sha, tool, results };
  codeScanning.analyses.push(analysis);
  return analysis;
}

/** The parts without which GitHub takes no SARIF. */
interface Sarif {
  readonly version: unknown;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: unknown; readonly rules?: readonly Rule[] } };
    readonly results: readonly Result[];
  }[];
}

interface Rule {
  readonly id: unknown;
}

interface Result {
  readonly ruleId?: unknown;
  readonly ruleIndex?: unknown;
  readonly message: { readonly text: unknown };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: unknown };
      readonly region: { readonly startLine: unknown };
    };
  }[];
}

function readSarif(compressed: Buffer): Pick<Analysis, 'tool' | 'results'> {
  try {
    const sarif = JSON.parse(gunzipSync(compressed).toString('utf8')) as Sarif;
    const [run, ...more] = sarif.runs;
    if (sarif.version !== '2.1.0') throw new Error('version is not 2.1.0');
    if (!run || more.length >= most.runs) throw new Error(`there are no runs, or more than ${most.runs}`);
    const all = [run, ...more].flatMap(({ results, tool }) =>
      results.map((result) => readResult(result, tool.driver.rules ?? [])),
    );
    if (all.length > most.results) throw new Error(`there are more than ${most.results} results`);
    return { tool: text(run.tool.driver.name, 'tool.driver.name'), results: all };
  } catch (error) {
    throw refusal(400, `sarif is not valid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readResult(
  { ruleId, ruleIndex, message, locations }: Result,
  rules: readonly Rule[],
): AnalysisResult {
  const place = locations[0]?.physicalLocation;
  if (!place) throw new Error('locationFromSarifResult: expected a physical location');
  const { startLine } = place.region;
  if (!Number.isInteger(startLine) || (startLine as number) < 1) throw new Error('startLine is no line');
  const rule = text(ruleId, 'ruleId');
  if (ruleIndex !== undefined && rules[ruleIndex as number]?.id !== rule)
    throw new Error(`ruleIndex of ${rule} leads to another rule`);
  return {
    rule,
    message: text(message.text, 'message.text'),
    path: decodeURIComponent(text(place.artifactLocation.uri, 'artifactLocation.uri')),
    line: startLine as number,
  };
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new Error(`${name} is missing`);
  return value;
}
