// Loaded with `node --import`: Slipway as it would be without its masker, to see that a test notices.
import { registerHooks } from 'node:module';

const source = `
  export const masked = '(secret)';
  export const createMasker = () => ({ add() {}, mask: (text) => text });
`;

registerHooks({
  load(url, context, next) {
    const isMasker = url.endsWith('/src/secret/masker.ts');
    return isMasker ? { format: 'module', shortCircuit: true, source } : next(url, context);
  },
});
