/**
 * How to go on after an apply that failed, by why it did: once, for the comment, the progress and the issue. What AWS
 * refuses for what the template says it refuses again, however often it is tried.
 */
import { joinWords } from '../approval/people.ts';
import type { Progress } from './progress.ts';

/** What a failed call means for whoever has to go on. */
interface Cause {
  /** Of the reason's own code, and AWS's beside it; the first cause that fits counts. */
  readonly when: (code: string, awsCode: string) => boolean;
  /** A sentence. */
  readonly says: string;
  /** What helps beside the template, in the imperative; absent where only another template does. */
  readonly outside?: string;
  /** Whether another template helps. */
  readonly template: boolean;
}

const refused = (codes: RegExp) => (code: string, awsCode: string) =>
  code === 'cloud-refused' && codes.test(awsCode);

/** What passes by itself: capacity that comes back, another call that ends. */
const passing = /^Insufficient|Capacity|Incorrect\w*State|InProgress|Concurrent|TryAgain|^OperationAborted$/;

/** Throttling, silence and defects are in no row: a retry is all there is to do. */
const causes: readonly Cause[] = [
  {
    when: refused(/\.NotFound(Exception)?$|^NoSuchEntity|^ResourceNotFound/),
    says: 'What the template names is not there, and a retry alone does not help.',
    outside: 'make what is missing',
    template: true,
  },
  {
    when: refused(
      /Duplicate|AlreadyExists|Already(Associated|Attached|OwnedByYou)|\.Conflict$|^PriorityInUse$/,
    ),
    says: 'What would be made is there already, by its name or address, and a retry alone does not help.',
    outside: 'remove what is in the way',
    template: true,
  },
  {
    when: refused(/LimitExceeded|QuotaExceeded|^TooMany/),
    says: 'A quota of the account is used up, and a retry alone does not help.',
    outside: 'have it raised, or make room',
    template: false,
  },
  {
    when: refused(/^(Invalid|Malformed|Validation|Missing|Unsupported|Unknown)|Mismatch$/),
    says: 'AWS refuses what the template says, and does so again however often it is tried.',
    template: true,
  },
  {
    when: (code) => code === 'cloud-refused',
    says: 'AWS refuses it, and does so again while nothing is different.',
    outside: 'see to the cause',
    template: true,
  },
  {
    when: (code) => code === 'policy-refused',
    says: 'A policy stands against values that were known only now.',
    template: true,
  },
  {
    when: (code) => code === 'cloud-denied',
    says: 'The role that Slipway works as may not do what is needed.',
    outside: 'give the role that right',
    template: false,
  },
  {
    when: (code) => code === 'cloud-credentials' || code === 'cloud-account',
    says: 'AWS does not take the credentials.',
    outside: 'see to them',
    template: false,
  },
  {
    when: (code) => code === 'cloud-in-use',
    says: 'Something still uses what is to be deleted.',
    outside: 'remove what uses it',
    template: false,
  },
];

/**
 * What to do about runs that stopped, as Markdown of our own words.
 *
 * @param at where commands are to be said: `here`, `on #12`
 */
export function howToGoOn(runs: readonly Progress[], at = 'here'): string {
  const retry = `comment \`/slipway retry\`${at === 'here' ? '' : ` ${at}`}`;
  const met = causesOf(runs);
  const onlyTemplate = met.some((cause) => cause.outside === undefined);
  const outside = joinWords(
    met.flatMap((cause) =>
      cause.outside === undefined || (onlyTemplate && cause.template) ? [] : [cause.outside],
    ),
    'and',
  );
  if (met.length === 0) return `${capital(retry)} to go on where it stopped.`;
  const says = met.map((cause) => cause.says).join(' ');
  const fix = `${
    runs.every((run) => run.back)
      ? 'Say in a new pull request what is to be there instead'
      : 'Fix the template in a new pull request'
  }, and comment \`/slipway unlock\` ${at} so that it may be applied`;
  if (onlyTemplate) return `${says} ${fix}.${outside === '' ? '' : ` Before that, ${outside}.`}`;
  const goOn = `${outside}, then ${retry}`;
  return met.some((cause) => cause.template) ? `${says} ${fix}; or ${goOn}.` : `${says} ${capital(goOn)}.`;
}

/** Whether a retry alone comes to the same end. */
export function failsAgain(runs: readonly Progress[]): boolean {
  return causesOf(runs).length > 0;
}

/** Each once, in the order of the table. */
function causesOf(runs: readonly Progress[]): readonly Cause[] {
  const met = new Set(
    runs.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.state === 'failed' ? (causeOf(step.reason ?? '') ?? []) : [])),
    ),
  );
  return causes.filter((cause) => met.has(cause));
}

/** By the codes as they stand in a formatted error: `... (cloud-refused)`, and AWS's at the start of its detail. */
function causeOf(reason: string): Cause | undefined {
  const [, code = '', awsCode = ''] =
    /\((cloud-[a-z-]+|policy-refused)\)(?:\s+([\w.-]+))?/.exec(reason) ?? [];
  return passing.test(awsCode) ? undefined : causes.find((cause) => cause.when(code, awsCode));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
