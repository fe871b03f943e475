import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once it is so, however long a busy machine takes: the timeout of the test is the only bound. */
export async function until(so: () => boolean | Promise<boolean>, pause = 10): Promise<void> {
  while (!(await so())) await sleep(pause)
}
