import { LineCounter, parseDocument } from 'yaml';
import type { Diagnostic } from '../base/diagnostic.ts';
import { diagnosticsOf, SlipwayError } from '../base/error.ts';
import type { Policy } from '../policy/policy.ts';
import { testPolicy } from '../policy/test-policy.ts';
import { type PositionedDocument, positionOf } from '../policy/yaml-position.ts';
import {
  type FailedExample,
  type PoliciesReview,
  renderPoliciesCheck,
  type TestedPolicy,
} from '../review/policies-check.ts';
import type { PolicyText } from '../state/policy-sets.ts';
import { compileBeside, type PolicyRepository, readPolicyTexts, takeBreath } from './policy-files.ts';
import type { PolicySource } from './policy-source.ts';
import type { Repository } from './repository.ts';

/**
 * Reads every policy of a commit of the organisation's repository, as it would be in force beside Slipway's `own`, runs
 * its examples and says so in the check `slipway/policies`. It reads text only: anybody's commit can be tested.
 */
export async function checkPolicies(
  own: readonly Policy[],
  source: PolicySource,
  repository: Pick<Repository, 'publishChecks'>,
  files: PolicyRepository,
  sha: string,
): Promise<void> {
  const review = await reviewPolicies(own, source, files, sha);
  await repository.publishChecks(sha, [renderPoliciesCheck(review)]);
}

/** What is shown where Slipway itself could not do it, so that nobody waits for the check. */
export async function reportPolicyTrouble(
  repository: Pick<Repository, 'publishChecks'>,
  sha: string,
): Promise<void> {
  const gaveUp: Diagnostic = {
    severity: 'error',
    code: 'internal',
    summary: 'Slipway could not test these policies and has stopped trying',
    remedy: 'Press Re-run of the check to try again. The log of the App says what went wrong.',
  };
  await repository.publishChecks(sha, [renderPoliciesCheck({ diagnostics: [gaveUp], policies: [] })]);
}

async function reviewPolicies(
  own: readonly Policy[],
  source: PolicySource,
  files: PolicyRepository,
  sha: string,
): Promise<PoliciesReview> {
  try {
    const texts = await readPolicyTexts(files, sha, source);
    const until = performance.now() + mostMs;
    const isOver = () => performance.now() > until;
    const { policies, diagnostics } = await compileBeside(own, texts, isOver);
    return { diagnostics, policies: await testAll(policies, texts, isOver) };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { diagnostics: diagnosticsOf(error), policies: [] };
  }
}

/** Anybody may propose policies: all of them together get so long, and an example may have so many changes. */
const mostMs = 20_000;
const mostChanges = 5_000;
/** Of all changes of an example, with what is repeated in them by aliases and `times`, as JSON. */
const mostCharacters = 5_000_000;

async function testAll(
  policies: readonly Policy[],
  texts: readonly PolicyText[],
  isOver: () => boolean,
): Promise<readonly TestedPolicy[]> {
  const byPath = new Map(texts.map((file) => [file.path, file.text]));
  const tested: TestedPolicy[] = [];
  for (const policy of policies) {
    const failed: FailedExample[] = [];
    const placeOf = placesIn(policy, byPath);
    let examples = 0;
    for (const kind of ['pass', 'fail'] as const) {
      for (const [index, example] of policy.examples[kind].entries()) {
        examples++;
        const reason = isOver()
          ? 'it is not tried: the policies together take too long'
          : complaint(policy, kind, example);
        if (reason !== undefined) failed.push({ kind, index, reason, where: placeOf(kind, index) });
        await takeBreath();
      }
    }
    tested.push({ id: policy.id, file: policy.file, examples, failed });
  }
  return tested;
}

type Kind = FailedExample['kind'];

function complaint(
  policy: Policy,
  kind: Kind,
  example: Policy['examples'][Kind][number],
): string | undefined {
  const changes = (example.others ?? []).reduce((sum, { times = 1 }) => sum + times, 1);
  if (changes > mostChanges) return `it has more than ${mostChanges.toLocaleString('en')} changes`;
  let characters = 0;
  for (const { times = 1, properties, before } of example.others ?? []) {
    characters += times * JSON.stringify([properties, before]).length;
    if (characters > mostCharacters) return 'the properties of its changes are too large';
  }
  const none = { pass: [], fail: [] };
  const [result] = testPolicy({ ...policy, examples: { ...none, [kind]: [example] } });
  return result?.ok ? undefined : (result?.reason ?? 'it does not hold');
}

/** Where its examples stand. The text is read once, and only where there is one to tell of: there may be thousands. */
function placesIn({ file }: Policy, texts: ReadonlyMap<string, string>) {
  let source: PositionedDocument | undefined;
  return (kind: Kind, index: number) => {
    if (!source) {
      const text = texts.get(file) ?? '';
      const lines = new LineCounter();
      source = { file, text, lines, document: parseDocument(text, { lineCounter: lines }) };
    }
    return positionOf(source, ['examples', kind, index]);
  };
}
