/**
 * Findings as SARIF 2.1.0 (OASIS, docs.oasis-open.org/sarif/sarif/v2.1.0), as GitHub code scanning and others read it:
 * every policy in force is a rule, every finding a result at the property's own line and column.
 */
import { digestOf } from '../base/canonical-json.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { SourceRange } from '../base/source.ts';
import { clean } from '../base/visible.ts';
import type { Finding, Severity } from './finding.ts';
import type { Policy } from './policy.ts';

export interface SarifInput {
  /** Those in force, whether they found something or not. */
  readonly policies: readonly Policy[];
  /** Each with the environments that it is in, where files were scanned for several. */
  readonly findings: readonly (Finding & { readonly environments?: readonly string[] })[];
  /** What kept files from being scanned. */
  readonly diagnostics: readonly Diagnostic[];
  /** Slipway's own. */
  readonly version: string;
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/** GitHub sorts security findings by this: above 9.0 is critical, from 7.0 high, from 4.0 medium. */
const securitySeverities: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
};

/** The log as an object, to be written as JSON. */
export function sarifLog({ policies, findings, diagnostics, version }: SarifInput): object {
  const rules = [...policies.map(ruleOf), ...othersOf(policies, findings)];
  const indexes = new Map(rules.map(({ id }, index) => [id, index]));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Slipway', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: errors.length === 0,
            ...(diagnostics.length > 0
              ? { toolExecutionNotifications: diagnostics.map(notificationOf) }
              : {}),
          },
        ],
        results: findings.map((finding) => resultOf(finding, indexes.get(finding.policy))),
      },
    ],
  };
}

/** Rules of other scanners, and what is found without a policy: of these, only what found something is known. */
function othersOf(policies: SarifInput['policies'], findings: SarifInput['findings']) {
  const known = new Set(policies.map(({ id }) => id));
  const others = findings.filter(({ policy }) => !known.has(policy));
  return [...new Map(others.map((one) => [one.policy, one])).values()].map((one) => {
    const { help, ...rule } = ruleOf({ ...one, id: one.policy, title: plain(one.title) });
    // Its words may be made of the template.
    return { ...rule, help: { text: plain(help.text) } };
  });
}

type Rule = Pick<Policy, 'id'> & Pick<Finding, 'title' | 'remedy' | 'severity' | 'enforcement' | 'controls'>;

function ruleOf({ id, title, remedy, severity, enforcement, controls }: Rule) {
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: title },
    help: { text: remedy, markdown: remedy },
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['security', 'infrastructure', ...controls],
      'security-severity': securitySeverities[severity],
      enforcement,
    },
  };
}

function resultOf(finding: SarifInput['findings'][number], ruleIndex: number | undefined): object {
  const { policy, severity, enforcement, message, remedy, logicalId, path, where, environments } = finding;
  const qualified = path === undefined ? logicalId : `${logicalId}.${path}`;
  // A rule of a scanner may find several things at one resource.
  const more = path === undefined && policy.includes('/') ? [message] : [];
  return {
    ruleId: policy,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    // What is not decided yet is no failure, and what is none has no level.
    ...(finding.undecided ? { kind: 'open', level: 'none' } : { kind: 'fail', level: levels[severity] }),
    message: { text: plain(`${message}\n${remedy}`) },
    locations: [
      {
        ...(where ? { physicalLocation: physicalLocation(where) } : {}),
        logicalLocations: [{ name: logicalId, fullyQualifiedName: qualified, kind: 'resource' }],
      },
    ],
    ...(finding.allowed
      ? {
          suppressions: [
            { kind: 'external', justification: `${finding.allowed.by}: ${finding.allowed.reason}` },
          ],
        }
      : {}),
    // Of what is found and not of where, so that lines above it may come and go.
    partialFingerprints: { 'slipwayFinding/v1': digestOf([policy, where?.file ?? '', qualified, ...more]) },
    properties: { enforcement, ...(environments === undefined ? {} : { environments }) },
  };
}

function notificationOf({ code, severity, summary, detail, remedy, where }: Diagnostic): object {
  return {
    descriptor: { id: code },
    level: severity,
    message: { text: plain([summary, detail, remedy].filter((text) => text !== undefined).join('\n')) },
    ...(where ? { locations: [{ physicalLocation: physicalLocation(where) }] } : {}),
  };
}

/** Values of a template are in it: they become no link (section 3.11.6), and look like nothing that they are not. */
function plain(text: string): string {
  return clean(text).replaceAll('](', '] (');
}

function physicalLocation({ file, line, column, endLine, endColumn }: SourceRange): object {
  return {
    // A path may hold what means something in a URI.
    artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
    region: {
      startLine: line,
      startColumn: column,
      ...(endLine === undefined ? {} : { endLine }),
      ...(endColumn === undefined ? {} : { endColumn }),
    },
  };
}
