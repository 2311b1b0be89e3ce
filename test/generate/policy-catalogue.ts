import type { Policy } from '../../src/policy/policy.ts';
import { packs } from './policy-packs.ts';
import { outsideTemplates, standards } from './policy-standards.ts';

/** `policies/CATALOGUE.md`: every policy that ships, by pack; and by standard, which controls are checked by what. */
export function policyCataloguePage(policies: readonly Policy[]): string {
  return `# Catalogue of policies

Made by \`npm run generate\` from the policies themselves. ${policies.length} policies; one that is in several packs is in the table of each. \`default\` is on where the settings name no packs; the others are off until they are named: \`policies: [default, cis-aws]\`.

${packs.map(({ name, about }) => packSection(name, about, policies)).join('\n\n')}

# Controls

${standards.map(({ prefix, about }) => standardSection(prefix, about, policies)).join('\n\n')}
`;
}

function packSection(name: string, about: string, policies: readonly Policy[]): string {
  const rows = policies
    .filter((policy) => policy.packs.includes(name))
    .map(
      (policy) =>
        `| [\`${policy.id}\`](${linkTo(policy)}) | ${policy.title} | ${policy.severity} | ${policy.enforcement} | ${controlsOf(policy)} |`,
    );
  return [
    `## ${name}`,
    '',
    about,
    '',
    '| Policy | What has to be so | Severity | Enforcement | Controls |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

// NIST's are many for each policy, and have a table of their own below.
function controlsOf({ controls }: Policy): string {
  return controls.filter((control) => !control.startsWith('NIST ')).join(', ');
}

function standardSection(prefix: string, about: string, policies: readonly Policy[]): string {
  const checks = new Map<string, Policy[]>();
  for (const policy of policies) {
    for (const control of policy.controls.filter((one) => one.startsWith(`${prefix} `))) {
      checks.set(control, [...(checks.get(control) ?? []), policy]);
    }
  }
  const rows = [...checks]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([control, by]) => {
      const links = by.map((policy) => `[\`${policy.id}\`](${linkTo(policy)})`);
      return `| ${control.slice(prefix.length + 1)} | ${links.join(', ')} |`;
    });
  const outside = outsideTemplates[prefix] ?? [];
  const notHere = [
    '',
    'Of the resource types that Slipway makes, but not to be seen in a plan:',
    '',
    ...outside.map(({ controls, why }) => `- ${controls.join(', ')}: ${why}`),
  ];
  return [
    `## ${prefix}`,
    '',
    about,
    '',
    '| Control | Policies |',
    '|---|---|',
    ...rows,
    ...(outside.length === 0 ? [] : notHere),
  ].join('\n');
}

function linkTo(policy: Policy): string {
  return policy.file.replace('policies/', '');
}
