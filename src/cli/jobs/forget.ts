import { forget } from '../../jobs/aside.ts';
import type { DefineCommand } from '../program.ts';
import { onJobsAside } from './with-queue.ts';

export const defineForget: DefineCommand = (command, terminal, choose) => {
  command.addHelpText(
    'after',
    '\nWhat they asked for is not done. After thirty days they are deleted anyway.\n\nExample:\n  $ slipway jobs forget 01920c5e-7d3a-7000-8000-5f1e6c2a9b40\n',
  );
  onJobsAside(command, terminal, choose, forget, (gone) => [
    gone.length === 1 ? 'Deleted 1 job.' : `Deleted ${gone.length} jobs.`,
  ]);
};
