import { parse } from 'yaml';
import { formatDiagnostic } from '../../src/base/diagnostic.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { policyFileSchema } from '../../src/policy/policy-file.ts';
import { proofKey } from '../../src/policy/proved.ts';
import { shippedFiles } from '../policy/shipped-files.ts';

/** `src/policy/proved.generated.json`: what each policy that ships says, by its text. One line for each file. */
export function provedPoliciesText(): string {
  const rows = shippedFiles.map(({ path, text, pack }) => {
    // Read in full: what was proved of a file before says nothing of the program as it is now.
    const { policy, diagnostics } = parsePolicy(text, path, pack, {});
    if (!policy) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
    return `"${proofKey(text)}":${JSON.stringify(policyFileSchema.parse(parse(text)))}`;
  });
  return `{\n${rows.join(',\n')}\n}\n`;
}
