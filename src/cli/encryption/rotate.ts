import { rotateDataKey } from '../../db/data-keys.ts';
import type { DefineCommand } from '../program.ts';
import { type EncryptionOptions, encryptAll, valuesOf, withDatabase, withJson } from './with-database.ts';

export const defineRotate: DefineCommand = (command, terminal, choose) => {
  withJson(command)
    .addHelpText(
      'after',
      '\nProcesses that run hear of it by themselves. Earlier data keys stay, for what was backed up with them.\nWhat is cut short, slipway start or slipway encryption encrypt finishes.\n\nExample:\n  $ slipway encryption rotate\n',
    )
    .action((options: EncryptionOptions) => {
      choose(() =>
        withDatabase(
          terminal,
          options,
          async (database) => ({
            dataKey: await rotateDataKey(database),
            encrypted: await encryptAll(terminal, database),
          }),
          ({ dataKey, encrypted }) => `Data key ${dataKey}: encrypted ${valuesOf(encrypted)} with it.`,
        ),
      );
    });
};
