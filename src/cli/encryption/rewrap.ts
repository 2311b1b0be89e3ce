import { rewrapDataKeys } from '../../db/data-keys.ts';
import type { DefineCommand } from '../program.ts';
import { type EncryptionOptions, withDatabase, withJson } from './with-database.ts';

export const defineRewrap: DefineCommand = (command, terminal, choose) => {
  withJson(command)
    .addHelpText(
      'after',
      "\nTo change the operator's key: give every process NEW,OLD; then this; then every process NEW alone.\nA key of Vault's transit engine that was rotated there wraps with its latest version.\n\nExample:\n  $ SLIPWAY_ENCRYPTION_KEY_FILE=new-and-old.key slipway encryption rewrap\n",
    )
    .action((options: EncryptionOptions) => {
      choose(() =>
        withDatabase(
          terminal,
          options,
          async (database) => ({
            rewrapped: await rewrapDataKeys(database),
            wrappedBy: database.encryption.operator!.first,
          }),
          ({ rewrapped, wrappedBy }) =>
            `${rewrapped === 1 ? '1 data key is' : `${rewrapped} data keys are`} wrapped by ${wrappedBy}.`,
        ),
      );
    });
};
