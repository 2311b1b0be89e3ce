import { type EncryptionStatus, encryptionStatus } from '../../db/encryption-status.ts';
import type { DefineCommand } from '../program.ts';
import { type EncryptionOptions, valuesOf, withDatabase, withJson } from './with-database.ts';

export const defineStatus: DefineCommand = (command, terminal, choose) => {
  withJson(command)
    .addHelpText(
      'after',
      '\nData keys are in the database, wrapped by a key of the operator, which is not. A data key is good for 2^32 values.\n\nExample:\n  $ slipway encryption status\n',
    )
    .action((options: EncryptionOptions) => {
      choose(() => withDatabase(terminal, options, encryptionStatus, wordsOf));
    });
};

function wordsOf({ dataKeys, readable, operatorKey }: EncryptionStatus): string {
  const keys = dataKeys.map(
    ({ id, isCurrent, values, madeAt, wrappedBy }) =>
      `${id}  ${isCurrent ? 'current' : 'earlier'}  ${valuesOf(values)}  made ${madeAt.slice(0, 10)}  wrapped by ${wrappedBy}`,
  );
  const rest = readable === 0 ? [] : [`${valuesOf(readable)} not encrypted`];
  if (dataKeys.length === 0)
    return ['The database is not encrypted.', ...rest, ...hint(operatorKey)].join('\n');
  return [...keys, ...rest].join('\n');
}

function hint(operatorKey: string | undefined): readonly string[] {
  return operatorKey === undefined
    ? ['With SLIPWAY_ENCRYPTION_KEY set, it is.']
    : ['Processes without the key are connected; once they are not, slipway encryption encrypt encrypts it.'];
}
