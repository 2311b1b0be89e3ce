import { requireEncryption } from '../../db/data-keys.ts';
import type { DefineCommand } from '../program.ts';
import { type EncryptionOptions, encryptAll, valuesOf, withDatabase, withJson } from './with-database.ts';

export const defineEncrypt: DefineCommand = (command, terminal, choose) => {
  withJson(command)
    .addHelpText(
      'after',
      '\nslipway start does the same by itself. Every process that uses the database needs SLIPWAY_ENCRYPTION_KEY first.\nOnce everything was encrypted, what is readable is refused wherever it is read: somebody else has written it. After\nyou have looked at it, this takes it as it is.\n\nExample:\n  $ SLIPWAY_ENCRYPTION_KEY_FILE=encryption.key slipway encryption encrypt\n',
    )
    .action((options: EncryptionOptions) => {
      choose(() =>
        withDatabase(
          terminal,
          options,
          async (database) => {
            await requireEncryption(database);
            return { encrypted: await encryptAll(terminal, database, { takesReadable: true }) };
          },
          ({ encrypted }) =>
            encrypted === 0 ? 'Everything is encrypted.' : `Encrypted ${valuesOf(encrypted)}.`,
        ),
      );
    });
};
