import { systemClock } from '../base/clock.ts';
import { createLog } from '../base/log.ts';
import { createMasker } from '../secret/masker.ts';
import { openVaults, readVaults } from '../secret/vault/configuration.ts';
import { withVaultValues } from '../secret/vault/configured-values.ts';
import { type Audit, createAudit } from '../state/audit.ts';
import { type ComplianceRecords, createComplianceRecords } from '../state/compliance.ts';
import { endAbandonedLeases } from '../workflow/lease-cloud.ts';
import { openWorkflow } from '../workflow/open-workflow.ts';
import { readPolicies } from '../workflow/read-policies.ts';
import type { Workflow } from '../workflow/workflow.ts';
import { scannersNamed } from './policy/read.ts';
import { openProjectDatabase } from './project-database.ts';
import type { Terminal } from './terminal.ts';

/** What commands work with. */
export interface LocalWorkflow extends Workflow {
  readonly compliance: ComplianceRecords;
  readonly audit: Audit;
}

/** Everything that a command about stacks needs, on the project's state. Close it afterwards. */
export async function openLocal(
  terminal: Terminal,
  region: string | undefined,
): Promise<{ readonly workflow: LocalWorkflow; readonly close: () => Promise<void> }> {
  const masker = createMasker();
  const { SLIPWAY_LOG_LEVEL, SLIPWAY_FINGERPRINT_KEY, SLIPWAY_POLICIES } = await withVaultValues(
    terminal.env,
    masker,
  );
  const log = createLog({ level: SLIPWAY_LOG_LEVEL ?? 'silent', mask: masker.mask });
  const policies = await readPolicies(SLIPWAY_POLICIES);
  const database = await openProjectDatabase(terminal, masker);
  try {
    const workflow = await openWorkflow({
      database,
      log,
      masker,
      policies,
      vaults: openVaults(readVaults(terminal.env), masker.add, log),
      allowStaticKeys: terminal.env.SLIPWAY_ALLOW_STATIC_KEYS === 'yes',
      scanners: await scannersNamed(terminal),
      defaultRegion: region ?? terminal.env.AWS_REGION ?? terminal.env.AWS_DEFAULT_REGION,
      ...(SLIPWAY_FINGERPRINT_KEY ? { fingerprintKey: SLIPWAY_FINGERPRINT_KEY } : {}),
    });
    await endAbandonedLeases(workflow, database.kind === 'embedded' ? 'everybody' : 'the dead');
    return {
      workflow: {
        ...workflow,
        compliance: createComplianceRecords(database),
        audit: createAudit(database, systemClock),
      },
      close: () => database.close(),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}
