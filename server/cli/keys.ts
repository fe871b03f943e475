import type { Config } from '../config.ts'
import type { House } from '../interactions/house.ts'
import { drawKeys, openKeys, rotateKeys, type KeptKey } from '../oauth/keys.ts'
import { inColumns, Said, Usage } from './words.ts'

/** `keys list|rotate|draw`: what signs tokens and cookies. */
export async function keysCommand({ db }: House, { oauthKeys }: Config, [verb]: readonly string[]): Promise<Said> {
  if (verb === 'draw') {
    const drawn = await drawKeys()
    return new Said(drawn, [JSON.stringify(drawn)])
  }
  if (verb === 'rotate' && oauthKeys !== undefined)
    throw new Usage('The keys are those of OAUTH_KEYS: put new ones (keys draw) first into its lists, and start again.')
  if (verb !== 'rotate' && verb !== 'list') throw new Usage('Write: keys list | rotate | draw')
  const keys = verb === 'rotate' ? await rotateKeys(db) : await openKeys(db, oauthKeys)
  const told = [...keys.access.map(toldFor('access tokens')), ...keys.id.map(toldFor('id tokens'))]
  const rows = told.map(({ use, alg, kid, until }) => [use, alg, kid, until === undefined ? 'signs' : `until ${until}`])
  return new Said(told, inColumns(rows))
}

/** What is told of a key; one that is out of use is known until its last tokens have ended. */
function toldFor(use: string) {
  return ({ kid, alg = '', until }: KeptKey) => ({
    use,
    alg,
    kid,
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  })
}
