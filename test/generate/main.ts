/** `npm run generate`: writes what is checked in and made from something else. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { newDatabaseFile } from '../../src/db/new-database.ts';
import { policyFileJsonSchema } from '../../src/policy/policy-file.ts';
import { registry } from '../../src/provider/registry.ts';
import { readPolicies } from '../../src/workflow/read-policies.ts';
import { generatedPoliciesReadme, generatedReadme, resourceTypesPage } from './docs.ts';
import { newDatabaseImage } from './new-database.ts';
import { policyCataloguePage } from './policy-catalogue.ts';
import { provedPoliciesText } from './proved-policies.ts';
import { readConstraints } from './read-constraints.ts';
import { situationsPage } from './situations-page.ts';

const top = new URL('../../', import.meta.url);
const constraints = await readConstraints(Object.keys(registry).filter((type) => type.startsWith('AWS::')));
if ('reason' in constraints) console.log(`the constraints stay as they are: ${constraints.reason}`);
else await write('test/generate/constraints.generated.json', `${JSON.stringify(constraints, null, 1)}\n`);
// Made with the constraints as they are now.
const { makeTypeSchemas } = await import('./type-schemas.ts');
const schemas = await makeTypeSchemas(Object.values(registry));
await write('src/provider/schemas.generated.json', `${JSON.stringify(schemas, null, 1)}\n`);
await write('README.md', generatedReadme(await readFile(new URL('README.md', top), 'utf8')));
const policies = await readFile(new URL('policies/README.md', top), 'utf8');
await write('policies/README.md', generatedPoliciesReadme(policies));
await write('policies/policy.schema.json', `${JSON.stringify(policyFileJsonSchema(), null, 2)}\n`);
// The linter has an opinion of it, because it is checked as any other file.
execFileSync('npx', ['biome', 'format', '--write', 'policies/policy.schema.json'], { cwd: top });
await write('src/policy/proved.generated.json', provedPoliciesText());
await write('policies/CATALOGUE.md', policyCataloguePage(await readPolicies()));
// The page is made from the extract as it is loaded: a second run picks up types that this one added.
await write('docs/resource-types.md', resourceTypesPage());
await write('docs/situations.md', situationsPage());
// No two are alike to the byte, so that it is made for a new version of PGlite only: the file is named by it.
if (!existsSync(newDatabaseFile)) {
  await writeFile(newDatabaseFile, await newDatabaseImage());
  console.log('made the new database; take away that of the earlier version');
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(new URL(path, top), text);
  console.log(`wrote ${path}`);
}
