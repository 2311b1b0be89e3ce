import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A span as `span-file.ts` writes it. */
export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Ids of the traces that it is linked to. */
  readonly links: readonly string[];
  /** Milliseconds. */
  readonly began: number;
}

export interface SpanFile {
  /** More of Slipway's environment, with which it takes traces. */
  readonly environment: Readonly<Record<string, string>>;
  text(): string;
  spans(): readonly Span[];
}

/** Where a Slipway that is started with this leaves its spans. */
export function spanFile(): SpanFile {
  const file = join(mkdtempSync(join(tmpdir(), 'slipway-spans-')), 'spans.jsonl');
  const text = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const register = new URL('./span-file.ts', import.meta.url).href;
  return {
    environment: { NODE_OPTIONS: `--import ${register}`, SLIPWAY_TEST_SPANS: file },
    text,
    spans: () =>
      text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Span),
  };
}
