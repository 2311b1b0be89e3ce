import { extname } from 'node:path';
import { clean } from '../base/visible.ts';
import { blindSpots } from './blind-spots.ts';
import { remembered } from './remembered.ts';
import { runTool } from './run-tool.ts';
import { readSarif } from './sarif.ts';
import { done, failed, type Scanner } from './scanner.ts';
import type { ScannerOf } from './scanners-file.ts';

/** Any tool that writes SARIF about a template file. What it exits with is not looked at: tools differ. */
export function sarifScanner({
  command,
  environment,
  output,
  timeout: timeoutMs,
}: ScannerOf<'sarif'>): Scanner {
  const scanner: Scanner = {
    reads: 'template',
    async scan({ template }) {
      if (!template) return done([]);
      // The author's own name could mean something to the tool.
      const name = `template${extname(template.file).toLowerCase() === '.json' ? '.json' : '.yaml'}`;
      if (name.endsWith('.json') && !isJson(template.text)) {
        const why = 'The file is called .json and is no JSON: a tool may see nothing in it';
        return failed(why, 'Write it as JSON, or call it .yaml.');
      }
      const result = await runTool({
        command: command.map((word) => word.replaceAll('{template}', name)),
        environment,
        timeoutMs,
        input: { name, text: template.text },
        ...(output === undefined ? {} : { output }),
      });
      if (result.kind === 'failed') return result;
      const { tool, scanned } = readSarif(result.output, name);
      if (scanned.kind === 'done') return done([...scanned.hits, ...blindSpots(tool, template)]);
      return { ...scanned, reason: `${scanned.reason}${lastWords(result.stderr)}` };
    },
  };
  // What loops make hangs on parameters too, and is told.
  return remembered(scanner, ({ template }) => [template?.file, template?.text, template?.json]);
}

/** Slipway reads YAML in it too, and some tools find nothing in what they cannot read. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What it complained of, for whoever has to find out why. */
function lastWords(stderr: string): string {
  const last = clean(stderr).trim().split('\n').at(-1)?.trim().slice(0, 200);
  return last ? `; it complained: ${last}` : '';
}
