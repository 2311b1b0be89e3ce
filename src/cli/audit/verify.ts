import { SlipwayError } from '../../base/error.ts';
import { type AuditRow, beginning, brokenAt } from '../../state/audit.ts';
import { withRecordedWorkflow } from '../local.ts';
import type { DefineCommand } from '../program.ts';
import { rowsOf } from './rows.ts';

interface VerifyOptions {
  readonly expect?: string;
  readonly json?: true;
}

type Point = Pick<AuditRow, 'number' | 'hash'>;

export const defineVerify: DefineCommand = (command, terminal, choose) => {
  command
    .option('--expect <number:hash>', 'an entry as an earlier run printed it, which has to be there still')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      '\nWhat was cut off at the end shows only against an entry that was noted elsewhere: keep what this prints, and give it the next time.\n\nExamples:\n  $ slipway audit verify\n  $ slipway audit verify --expect 1200:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n',
    )
    .action((options: VerifyOptions) => {
      choose(() => {
        const expected = options.expect === undefined ? undefined : pointOf(options.expect);
        return withRecordedWorkflow(terminal, undefined, async ({ audit }) => {
          let head: Point = { number: 0, hash: beginning };
          let isExpected = expected === undefined || expected.number === 0;
          for await (const rows of rowsOf(audit)) {
            const broken = brokenAt(rows, head);
            if (broken) throw tampered(`Entry ${broken.number}: ${broken.problem}.`);
            isExpected ||= rows.some((r) => r.number === expected?.number && r.hash === expected.hash);
            head = rows.at(-1)!;
          }
          if (!isExpected) throw tampered(`Entry ${expected?.number} is not there, or is another one.`);
          const { number: entries, hash } = head;
          terminal.out(
            options.json
              ? JSON.stringify({ entries, head: hash }, undefined, 2)
              : `Whole: ${entries === 1 ? '1 entry' : `${entries} entries`}. Keep this for --expect: ${entries}:${hash}`,
          );
          return 0;
        });
      });
    });
};

function pointOf(text: string): Point {
  const [, number, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number !== undefined && hash !== undefined) return { number: Number(number), hash };
  throw new SlipwayError('usage', {
    summary: '--expect takes what an earlier slipway audit verify printed: a number, a colon and a hash',
  });
}

function tampered(detail: string): SlipwayError {
  return new SlipwayError('audit-broken', {
    summary: 'The audit record is not whole',
    detail,
    remedy: 'Compare it with a backup: what comes before that entry can be trusted, and what follows cannot.',
  });
}
