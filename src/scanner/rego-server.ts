import { readAnswer } from './rego-answer.ts';
import { regoInput } from './rego-input.ts';
import { failed, type Scanner } from './scanner.ts';
import type { ScannerOf } from './scanners-file.ts';

const mostAnswer = 16 * 1024 * 1024;

/**
 * A rule of an OPA server, by its data API: `http://127.0.0.1:8181/v1/data/slipway/deny`.
 *
 * Source: 'Get a Document (with Input)' of OPA's REST API.
 */
export function regoServer({ url, timeout }: { readonly url: string } & ScannerOf<'rego'>): Scanner {
  return {
    reads: 'plan',
    async scan(subject) {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: `{"input":${regoInput(subject)}}`,
          // Another place would be told the plan.
          redirect: 'error',
          signal: AbortSignal.timeout(timeout),
        });
        const text = await readText(answer);
        if (text === undefined || !answer.ok) {
          const reason = text === undefined ? 'Its answer is too long' : `OPA answered ${answer.status}`;
          return failed(reason, 'Have the operator look at the OPA server and its address.');
        }
        const { result } = JSON.parse(text) as { readonly result?: unknown };
        return readAnswer(result);
      } catch (error) {
        const { name, cause } = error as Error;
        const reason =
          name === 'TimeoutError'
            ? `OPA did not answer within ${timeout / 1000} s`
            : `OPA could not be asked: ${(cause as Error | undefined)?.message || (error as Error).message}`;
        return failed(
          reason,
          'Have the operator see that the OPA server runs; then /slipway plan asks again.',
        );
      }
    },
  };
}

async function readText(answer: Response): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += part.length;
    if (length > mostAnswer) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
