import { describe } from 'vitest';
import { contractOfState } from '../state/contract.ts';
import { createMemoryState } from './memory-state.ts';

describe('the state in memory', () => {
  contractOfState(async () => createMemoryState(() => Date.parse('2026-01-02T03:05:00.000Z'), Date.now));
});
