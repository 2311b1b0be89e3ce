import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { maxCommentLength } from '../../src/review/comment.ts';
import type { RunningFinding, StackCompliance } from '../../src/review/compliance.ts';
import { type ComplianceReport, isOpen, renderComplianceIssue } from '../../src/review/compliance-issue.ts';

const file = 'infra/shop.yaml';

function finding(changes: Partial<RunningFinding> = {}): RunningFinding {
  return {
    policy: 'no-public-remote-access',
    title: 'SSH and RDP are closed to the internet',
    severity: 'high',
    enforcement: 'overridable',
    logicalId: 'Bastion',
    type: 'AWS::EC2::SecurityGroup',
    message: 'Port 22 is open to 0.0.0.0/0',
    remedy: 'Use Session Manager, or name the range of your office.',
    controls: ['CIS AWS v5.0 5.3', 'FSBP EC2.19'],
    path: 'SecurityGroupIngress[1].CidrIp',
    where: { file, line: 15, column: 11 },
    since: '2026-11-20T06:00:00.000Z',
    ...changes,
  };
}

function stack(changes: Partial<StackCompliance> = {}): StackCompliance {
  const { environment = 'prod' } = changes;
  return {
    stack: `acme/shop:${file}@${environment}`,
    environment,
    file,
    checked: 12,
    findings: [finding()],
    vanished: [],
    unsettled: false,
    notAsked: [],
    diagnostics: [],
    ...changes,
  };
}

function report(...stacks: readonly StackCompliance[]): ComplianceReport {
  return {
    repositoryUrl: 'https://github.com/acme/shop',
    headSha: '4f1d2c3b5a69788796a5b4c3d2e1f00f1e2d3c4b',
    at: '2026-11-22T06:00:00.000Z',
    previously: '2026-11-21T06:00:00.000Z',
    stacks,
  };
}

const mixed = report(
  stack({
    findings: [
      finding({
        policy: 'allowed-regions',
        title: 'Stacks are in regions that are allowed',
        severity: 'critical',
        ofPlan: true,
        message: 'us-east-1 is not allowed',
        remedy: 'Move it.',
        controls: [],
      }),
      finding(),
      finding({ logicalId: 'Web', isNew: true, since: '2026-11-22T06:00:00.000Z', outside: true }),
      finding({
        severity: 'low',
        enforcement: 'advisory',
        policy: 'log-retention-set',
        title: 'Logs are kept for a while',
        message: 'Nothing says how long',
      }),
      finding({
        enforcement: 'advisory',
        logicalId: 'Vpn',
        allowed: { until: '2026-12-31', reason: 'Until the VPN is there', by: '@acme/security' },
      }),
    ],
    notAsked: ['few-deletes', 'freeze-windows'],
    vanished: ['Gateway'],
  }),
  stack({ environment: 'dev', findings: [], checked: 9 }),
  stack({
    environment: 'old',
    findings: [],
    checked: 0,
    diagnostics: [
      {
        severity: 'error',
        code: 'settings-environment',
        summary:
          '.github/slipway.yml has no environment old any more, so Slipway does not know how to get there',
        remedy: 'Put it back, or destroy the stack with the settings that it had.',
      },
    ],
  }),
);

test('is a page to be read', async () => {
  const { title, body } = renderComplianceIssue(mixed);
  await expect(`# ${title}\n\n${body}\n`).toMatchFileSnapshot('golden/compliance-issue.md');
});

describe('it is open', () => {
  test.each<[string, StackCompliance, boolean]>([
    ['for what would stop a plan', stack(), true],
    [
      'for a stack that could not be looked at',
      stack({ findings: [], diagnostics: [{ severity: 'error', code: 'cloud-denied', summary: 'no' }] }),
      true,
    ],
    ['for advice: not', stack({ findings: [finding({ enforcement: 'advisory' })] }), false],
    [
      'for a template that could not be read: not',
      stack({
        findings: [],
        diagnostics: [{ severity: 'warning', code: 'compliance-lines', summary: 'no' }],
      }),
      false,
    ],
    ['where nothing is found: not', stack({ findings: [] }), false],
  ])('%s', (_, one, open) => expect(isOpen([one])).toBe(open));
});

const long = 'x'.repeat(5_000);
const many = (n: number) =>
  Array.from({ length: n }, (_, i) => finding({ logicalId: `Group${i}`, message: `${i} ${long}` }));

describe('however much is found', () => {
  test.each<[string, ComplianceReport]>([
    [
      '500 stacks',
      report(...Array.from({ length: 500 }, (_, i) => stack({ environment: `e${i}`, findings: many(20) }))),
    ],
    ['10,000 findings in one stack', report(stack({ findings: many(10_000) }))],
    [
      'paths of 400 characters',
      report(
        ...Array.from({ length: 200 }, () =>
          stack({ file: `${'folder/'.repeat(57)}a.yaml`, findings: many(3) }),
        ),
      ),
    ],
    [
      'errors without end',
      report(
        ...Array.from({ length: 300 }, () =>
          stack({ diagnostics: [{ severity: 'error', code: 'internal', summary: long, remedy: long }] }),
        ),
      ),
    ],
  ])('%s fit into one issue, and the counts are all there', (_, large) => {
    const { title, body } = renderComplianceIssue(large);
    expect(title.length).toBeLessThan(256);
    expect(body.length).toBeLessThanOrEqual(maxCommentLength);
    expect(body).toContain(title.replace('Compliance: ', ''));
    expect(body.endsWith('</sub>')).toBe(true);
  });
});

test('no text of a template, a setting or the cloud acts in it', () => {
  const evil =
    '@acme/all [x](javascript:alert(1)) <img src=x onerror=alert(1)> `` ``` | #1 https://evil.example \u001b[31m\u202e';
  const { body } = renderComplianceIssue(
    report(
      stack({
        file: evil,
        environment: evil,
        vanished: [evil],
        findings: [
          finding({
            message: evil,
            title: evil,
            remedy: evil,
            logicalId: evil,
            policy: evil,
            controls: [evil],
            where: { file: evil, line: 1, column: 1 },
          }),
          finding({ enforcement: 'advisory', allowed: { until: evil, reason: evil, by: evil } }),
        ],
        notAsked: [evil],
        diagnostics: [{ severity: 'warning', code: 'compliance-lines', summary: evil, remedy: evil }],
      }),
    ),
  );
  const html = marked.parse(body, { async: false, gfm: true });
  const text = html.replace(/<code>.*?<\/code>/gs, '');
  expect(text).not.toMatch(/<img|@acme|#1\b|href="(?!https:\/\/github\.com\/acme\/shop\/)/);
  expect(body).not.toMatch(/[\u001b\u202e]/);
});
