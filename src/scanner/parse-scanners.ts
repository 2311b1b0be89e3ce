import type { Diagnostic } from '../base/diagnostic.ts';
import { readYamlFile, type YamlKind } from '../settings/read-yaml-file.ts';
import { keysOfKind, type ScannerSettings, scannersSchema } from './scanners-file.ts';

const kind: YamlKind<{ readonly scanners: readonly ScannerSettings[] }> = {
  schema: scannersSchema,
  code: 'scanner-invalid',
  title: 'The file of scanners',
  keysAt([first, index, ...rest], data) {
    if (first === undefined) return Object.keys(scannersSchema.shape);
    if (rest[0] === 'severity') return ['error', 'warning', 'note'];
    const { scanners = [] } = data as { readonly scanners?: readonly { readonly kind?: unknown }[] };
    return keysOfKind(scanners[Number(index)]?.kind);
  },
};

/** Reads the text of a file of scanners. There are scanners only where nothing is wrong with any of them. */
export function parseScanners(
  text: string,
  file: string,
): { readonly scanners?: readonly ScannerSettings[]; readonly diagnostics: readonly Diagnostic[] } {
  const read = readYamlFile(text, file, kind);
  if ('diagnostics' in read) return read;
  const { scanners } = read.data;
  const diagnostics = scanners.flatMap(({ id }, index): Diagnostic[] => {
    if (scanners.findIndex((one) => one.id === id) === index) return [];
    const where = read.positions.value(['scanners', index, 'id']);
    const summary = `Two scanners have the id ${id}`;
    return [{ severity: 'error', code: 'scanner-invalid', summary, where, remedy: 'Give one another id' }];
  });
  return diagnostics.length > 0 ? { diagnostics } : { scanners, diagnostics };
}
