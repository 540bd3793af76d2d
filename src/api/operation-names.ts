import { CHAT_CONNECT } from './chat.ts';
import { TABLE } from './endpoints.ts';

/** The operations that faults and `verify` can name: those of the table, and the login to the chat. */
export const OPERATION_NAMES = [...new Set([...TABLE.map(({ operation }) => operation), CHAT_CONNECT])];

/** TypeScript writes all names into the declaration of the list, so the package's declarations need not contain the table. */
export type OperationName = (typeof OPERATION_NAMES)[number];
