import type { House } from '../interactions/house.ts'
import { linkAll } from '../patients/follow.ts'
import { peopleState } from '../patients/look.ts'
import { relink } from '../patients/relink.ts'

/** `patients relink`: everybody anew, decisions kept. `patients link`: what is not linked yet. `patients`: how many there are. */
export async function patientsCommand(house: House, [word]: readonly string[]): Promise<object> {
  const started = performance.now()
  if (word === 'relink') await relink(house)
  if (word === 'relink' || word === 'link') await linkAll(house)
  return { ...(await peopleState(house.db)), seconds: Math.round(performance.now() - started) / 1000 }
}
