/** What others publish of the formats in deploy/: Kubernetes' schemas, and that of Compose files. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { cacheFolder } from '../../src/sandbox/services/cache-folder.ts';
import { lastLine, runCommand } from '../../src/sandbox/services/command.ts';
import { installOnce } from '../../src/sandbox/services/install-once.ts';
import { npmPackage } from '../npm-package.ts';

// The newest, and the oldest that knows all that the manifests use.
export const kubernetesVersions = ['1.30.0', '1.37.0'] as const;

const wheel = 'kubernetes-validate==1.37.0';
/** SHA-256, as the registry has it. */
const wheelHash = '85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9';

interface Definition {
  readonly properties?: {
    readonly apiVersion?: { readonly enum?: readonly string[] };
    readonly kind?: { readonly enum?: readonly string[] };
  };
}

/** What is wrong with a manifest: nothing that the schema does not know may be in it. */
export type CheckManifest = (manifest: { apiVersion: string; kind: string }) => string[];

/**
 * Kubernetes' own schemas, as `kubernetes-validate` packs them: every version from 1.25 is in it, of which only two
 * files are kept.
 */
export async function kubernetesSchema(version: (typeof kubernetesVersions)[number]): Promise<CheckManifest> {
  const folder = join(cacheFolder(), 'services', 'kubernetes-schemas-1.37.0');
  await installOnce(folder, fetchKubernetes);
  const file = join(folder, pathIn(version));
  const whole = JSON.parse(await readFile(file, 'utf8')) as {
    $id: string;
    $defs: Record<string, Definition>;
  };
  // It lets any value be null, and has formats of its own.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(whole);
  return (manifest) => {
    const [name] =
      Object.entries(whole.$defs).find(
        ([, { properties }]) =>
          properties?.kind?.enum?.includes(manifest.kind) &&
          properties.apiVersion?.enum?.includes(manifest.apiVersion),
      ) ?? [];
    if (name === undefined) return [`Kubernetes ${version} has no ${manifest.apiVersion} ${manifest.kind}`];
    const validate = ajv.compile({ $ref: `${whole.$id}#/$defs/${name}` });
    validate(manifest);
    return sentences(validate.errors);
  };
}

/** Compose's schema, as the linter `dclint` ships it. */
export async function composeSchema(): Promise<(file: unknown) => string[]> {
  const integrity =
    'afTGdzRFUXK4yCpIiEW/LOR+9TOMEDhNldDp56VCWzn7JDmD451PcUi640GGlMHgbHKJ10rDBm4PtpcBbjqlXw==';
  const found = await npmPackage('dclint', '3.1.0', integrity);
  if (found.kind === 'missing') throw new Error(found.reason);
  const { $schema: _, ...schema } = JSON.parse(
    await readFile(join(found.folder, 'schemas/compose.schema.json'), 'utf8'),
  ) as Record<string, unknown>;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  return (file) => {
    validate(file);
    return sentences(validate.errors);
  };
}

async function fetchKubernetes(into: string): Promise<void> {
  const pip = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--dest',
    into,
  ];
  await python([...pip, wheel]);
  const [name = ''] = await readdir(into);
  const archive = join(into, name);
  const found = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  if (found !== wheelHash) throw new Error(`${wheel} is not what it was`);
  const extract = 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2], sys.argv[3:])';
  await python(['-c', extract, archive, into, ...kubernetesVersions.map(pathIn)]);
  await rm(archive);
}

function pathIn(version: string): string {
  return `kubernetes_validate/kubernetes-json-schema/v${version}-local-strict/_definitions.json`;
}

async function python(args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand('python3', args, { timeoutMs: 300_000 });
  if (exitCode !== 0) throw new Error(lastLine(stderr) || 'python3 was ended');
}

function sentences(errors: readonly ErrorObject[] | null | undefined): string[] {
  return (errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
