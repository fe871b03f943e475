import type { Account as OidcAccount, AccessToken, ClientCredentials, KoaContextWithOIDC } from 'oidc-provider'
import type { Caller, Role } from '../context.ts'
import type { Database } from '../db/database.ts'
import { accountId, readAccountId, type Account } from '../people/account.ts'
import { findLaunch, type Launch } from './grants.ts'
import { FACTS, type Facts } from './tokens.ts'

/** Who may come in: the account with what it is called, or undefined when it is none any more. */
export type Standing = (account: Account) => Promise<{ readonly account: Account; readonly name?: string } | undefined>

/** An account as oidc-provider carries it. */
export interface KnownAccount extends OidcAccount {
  readonly account: Account
}

export async function findAccount(standing: Standing, base: string, sub: string): Promise<KnownAccount | undefined> {
  const read = readAccountId(sub)
  const known = read && (await standing(read))
  if (!known) return undefined
  const { account, name } = known
  const user =
    account.kind === 'patient' ? `Patient/${account.id}` : `Practitioner/${account.practitioner ?? account.id}`
  return {
    accountId: accountId(account),
    account,
    claims: () => ({ sub, fhirUser: `${base}/${user}`, ...(name !== undefined && { name }) }),
  }
}

/** The claims of ours in an access token, from which `who` makes the Caller. */
export async function factsOf(
  db: Database,
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Promise<{ [FACTS]: Facts }> {
  const at = Date.now()
  if (!isOfPerson(token)) {
    const { client } = ctx.oidc
    const facility = client?.['app_facility']
    const facts: Facts = {
      kind: 'client',
      id: client?.clientId ?? '',
      role: client?.['app_role'] as Role,
      ...(typeof facility === 'string' && { facility }),
      grant: token.jti,
      at,
    }
    return { [FACTS]: facts }
  }
  const { account } = ctx.oidc.account as KnownAccount
  const launch = await findLaunch(db, token.grantId ?? '')
  return { [FACTS]: { ...personFacts(account, launch), grant: token.grantId ?? '', at } }
}

function personFacts(
  account: Account,
  launch: Launch | undefined,
): Pick<Caller, 'kind' | 'id' | 'role'> & Partial<Facts> {
  if (account.kind === 'patient')
    return { kind: 'patient', id: account.id, role: 'patient', patient: account.id, banner: true }
  const { id, role, facility } = account
  return {
    kind: 'staff',
    id,
    role,
    ...(facility !== undefined && { facility }),
    ...(launch?.patient !== undefined && { patient: launch.patient, banner: launch.banner }),
    ...(launch?.encounter !== undefined && { encounter: launch.encounter }),
  }
}

function isOfPerson(token: AccessToken | ClientCredentials): token is AccessToken {
  return token.kind === 'AccessToken'
}
