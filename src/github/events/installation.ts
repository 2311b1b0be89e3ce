import type { InstallationEvent } from './event.ts';

/**
 * The App was installed, again perhaps, or is let work again: what happened meanwhile was not told. Nothing is done
 * when it is taken off: stacks stay as they are and are found again by the number of their repository.
 */
export const installationEvent: InstallationEvent = {
  name: 'installation',
  jobs: ({ action, installation }) =>
    action === 'created' || action === 'unsuspend'
      ? [
          {
            kind: 'sweep',
            payload: { installation: installation.id, again: timeOf(installation.updated_at) },
          },
        ]
      : [],
};

/** ISO 8601. GitHub tells some times in seconds since 1970. */
function timeOf(time: string | number): string {
  return new Date(typeof time === 'number' ? time * 1000 : time).toISOString();
}

/** Single repositories of an installation: what has moved in them since they were last known is planned. */
export const installationRepositoriesEvent: InstallationEvent = {
  name: 'installation_repositories',
  jobs: ({ action, installation, repositories_added: added = [] }) =>
    action === 'added' ? [{ kind: 'sweep', payload: { installation: installation.id, ...only(added) } }] : [],
};

/** So many are named; more are not worth it. */
const mostNamed = 100;

function only(added: readonly { readonly id: number }[]): { readonly repositories?: readonly number[] } {
  return added.length > mostNamed ? {} : { repositories: added.map(({ id }) => id).sort((a, b) => a - b) };
}
