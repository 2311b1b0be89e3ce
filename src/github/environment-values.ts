import { SlipwayError } from '../base/error.ts';
import type { EnvironmentValues } from '../workflow/repository.ts';
import type { RepositoryAccess } from './open-repository.ts';
import { unlessGone } from './unless-gone.ts';

/**
 * What GitHub keeps for the workflows that name one of the repository's environments. Refusals are SlipwayErrors with
 * what an operator can do; GitHub's own words would quote what it was sent.
 */
export function environmentValues(access: RepositoryAccess, environment: string): EnvironmentValues {
  const { octokit, owner, repo, mask } = access;
  const { actions } = octokit.rest;
  const here = { owner, repo, environment_name: environment };
  const asked = <T>(call: Promise<T>) => call.catch((error: unknown) => refuse(environment, error));
  return {
    async has(kind, name) {
      const found =
        kind === 'variable'
          ? unlessGone(actions.getEnvironmentVariable({ ...here, name }))
          : unlessGone(actions.getEnvironmentSecret({ ...here, secret_name: name }));
      return (await asked<unknown>(found)) !== undefined;
    },
    async putVariable(name, value) {
      if (mask(value) !== value) {
        throw new SlipwayError('hand-over-refused', {
          summary: `What was to be the variable ${name} has a secret in it`,
          remedy: 'Hand it over as a Secret, or to Vault.',
        });
      }
      const changed = await asked(unlessGone(actions.updateEnvironmentVariable({ ...here, name, value })));
      if (!changed) await asked(actions.createEnvironmentVariable({ ...here, name, value }));
    },
    async putSecret(name, value) {
      const { data } = await asked(actions.getEnvironmentPublicKey(here));
      const { sealFor } = await import('./sealed-box.ts');
      const sealed = await sealFor(data.key, value);
      await asked(
        actions.createOrUpdateEnvironmentSecret({
          ...here,
          secret_name: name,
          encrypted_value: sealed,
          key_id: data.key_id,
        }),
      );
    },
    async check() {
      await asked(actions.getEnvironmentPublicKey(here));
    },
    async remove(kind, name) {
      const gone =
        kind === 'variable'
          ? unlessGone(actions.deleteEnvironmentVariable({ ...here, name }))
          : unlessGone(actions.deleteEnvironmentSecret({ ...here, secret_name: name }));
      await asked<unknown>(gone);
    },
  };
}

function refuse(environment: string, error: unknown): never {
  const { status } = error as { readonly status?: unknown };
  if (status === 404) {
    throw new SlipwayError('hand-over-failed', {
      summary: `The repository has no environment ${environment} on GitHub`,
      remedy: 'Make it in the settings of the repository on GitHub, with rules that say who may use it.',
    });
  }
  if (status === 403) {
    throw new SlipwayError('hand-over-failed', {
      summary: `GitHub does not let Slipway write to the environment ${environment}`,
      remedy:
        "Give the App the permission 'Environments: read and write', and accept it where it is installed.",
    });
  }
  if (status === 422 || status === 409) {
    throw new SlipwayError('hand-over-failed', {
      summary: `GitHub does not take a value for the environment ${environment}`,
      remedy: 'It may be empty, or longer than 48 KB.',
    });
  }
  if (typeof status === 'number') {
    throw new SlipwayError('hand-over-failed', {
      summary: `GitHub answered with ${status} for the environment ${environment}`,
      remedy: 'Try again, with /slipway retry on the merged pull request.',
    });
  }
  throw error;
}
