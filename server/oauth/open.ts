import type { IncomingMessage } from 'node:http'
import type { Config } from '../config.ts'
import type { House } from '../interactions/house.ts'
import { peopleOf, type People } from '../people/people.ts'
import type { Cost } from '../people/scrypt.ts'
import { openAuthority, type OpenAuthority } from './authority.ts'
import { step } from './pages/step.ts'
import { standingOf } from './standing.ts'

/** The authorisation server of a house at its address, as the settings have it. */
export function authorityOf(
  house: House,
  origin: string,
  config: Config,
  { ipOf, cost }: { ipOf?: (req: IncomingMessage) => string; cost?: Cost | undefined } = {},
): OpenAuthority {
  let opening: Promise<People> | undefined
  const people = (): Promise<People> => {
    opening ??= peopleOf(house, `${origin}/fhir`, config, cost).catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const alone = /^(localhost|::1|127\.\d+\.\d+\.\d+)$/.test(config.host) && config.publicUrl === ''
  return openAuthority(house, {
    origin,
    people,
    step,
    standing: standingOf(people),
    keys: config.oauthKeys,
    smsStatusToken: config.smsStatusToken,
    outbox: alone && config.nodeEnv !== 'production',
    ...(ipOf && { ipOf }),
  })
}
