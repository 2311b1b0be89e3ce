import type { z } from 'zod';
import { type Diagnostic, hasErrors, sortDiagnostics } from '../base/diagnostic.ts';
import { checkPrices } from './check-prices.ts';
import { checkEnvironments, inApplyOrder } from './checks.ts';
import { readYamlFile, type YamlKind } from './read-yaml-file.ts';
import { keysAt } from './reference.ts';
import { settingsSchema } from './schema.ts';
import type { Settings } from './settings.ts';

export interface ParsedSettings {
  /** Undefined when there is any error: half-understood settings must not guard a gate. */
  readonly settings?: Settings;
  readonly diagnostics: readonly Diagnostic[];
}

const kind: YamlKind<z.output<typeof settingsSchema>> = {
  schema: settingsSchema,
  code: 'settings-invalid',
  title: 'The settings file',
  keysAt,
};

/** Reads the text of a settings file. An empty file means the defaults. Every mistake is reported, with its line. */
export function parseSettings(text: string, file: string): ParsedSettings {
  const read = readYamlFile(text, file, kind);
  if ('diagnostics' in read) return read;
  const { data, positions } = read;
  const environments = Object.entries(data.environments).map(([name, e]) => ({ name, ...e }));
  const { prices } = data;
  const diagnostics = sortDiagnostics([
    ...checkEnvironments(environments, prices !== undefined, positions),
    ...(prices ? checkPrices(prices, positions) : []),
  ]);
  if (hasErrors(diagnostics)) return { diagnostics };
  return { settings: { ...data, environments: inApplyOrder(environments) }, diagnostics };
}
