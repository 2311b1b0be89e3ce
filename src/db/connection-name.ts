/** With which the names of Slipway's connections to a server begin; the rest is one process's own. */
export const connectionName = 'slipway ';
