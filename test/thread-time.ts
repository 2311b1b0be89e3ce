/**
 * Milliseconds that this thread has worked, for budgets of what is computed: those that it waited while the machine
 * did something else do not count.
 */
export function threadTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
