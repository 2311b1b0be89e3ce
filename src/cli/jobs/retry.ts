import { putBack } from '../../jobs/aside.ts';
import type { DefineCommand } from '../program.ts';
import { onJobsAside } from './with-queue.ts';

const words = {
  waiting: 'is put back before what came after it',
  superseded: 'is not needed any more: a newer one like it waits',
} as const;

export const defineRetry: DefineCommand = (command, terminal, choose) => {
  command.addHelpText(
    'after',
    '\nEach is put back once, in its place in the order of its key and with fresh tries, whoever asks for it besides.\n\nExamples:\n  $ slipway jobs retry 01920c5e-7d3a-7000-8000-5f1e6c2a9b40\n  $ slipway jobs retry --all\n',
  );
  onJobsAside(command, terminal, choose, putBack, (back) =>
    back.length === 0 ? ['No job is set aside.'] : back.map(({ id, outcome }) => `${id} ${words[outcome]}.`),
  );
};
