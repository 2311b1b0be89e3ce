import type { InstallationEvent } from './event.ts';

/**
 * The App was installed, again perhaps, or is let work again: what happened meanwhile was not told. Nothing is done
 * when it is taken off: stacks stay as they are and are found again by the number of their repository.
 */
export const installationEvent: InstallationEvent = {
  name: 'installation',
  jobs: (action, installation) =>
    action === 'created' || action === 'unsuspend'
      ? [{ kind: 'sweep', payload: { installation, again: true } }]
      : [],
};

/** The same for single repositories of an installation. */
export const installationRepositoriesEvent: InstallationEvent = {
  name: 'installation_repositories',
  jobs: (action, installation) =>
    action === 'added' ? [{ kind: 'sweep', payload: { installation, again: true } }] : [],
};
