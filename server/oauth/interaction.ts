import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors, type Client, type Interaction, type InteractionResults } from 'oidc-provider'
import type Provider from 'oidc-provider'
import { parseScope } from '../access/scopes.ts'
import { accountId, readAccountId, type Account } from '../people/account.ts'
import type { People } from '../people/people.ts'
import { pageOf } from './error-page.ts'
import { readForm } from './form.ts'
import { saveLaunch } from './grants.ts'
import type { EhrLaunch } from './launch.ts'
import type { Answer, Ask } from './pages/contract.ts'
import { lives, type Grounds } from './provider.ts'
import { contextsFor, ofResources } from './scopes.ts'

/** The pages (pages/step.ts): one step of a login. */
export type Step = (people: People, ask: Ask, form?: URLSearchParams) => Promise<Answer>

export interface Desk {
  readonly provider: Provider
  readonly grounds: Grounds
  readonly people: People
  readonly step: Step
  readonly ipOf: (req: IncomingMessage) => string
}

type Done = Extract<Answer, { kind: 'done' }>

/** `/oauth/interaction/:uid`: the pages ask, and what comes of it goes back to where the application's request waits. */
export async function interact(desk: Desk, req: IncomingMessage, res: ServerResponse, uid: string): Promise<void> {
  const { provider, people, step, grounds } = desk
  const interaction = await provider.interactionDetails(req, res).catch((error: unknown) => {
    if (error instanceof errors.OIDCProviderError) return undefined
    throw error
  })
  if (interaction?.uid !== uid) return sendPage(res, 400, 'this login was begun elsewhere, or ran out')
  if (isForeign(req, grounds.origin)) return sendPage(res, 403, 'this form was sent from another site')
  const client = await provider.Client.find(textOf(interaction.params['client_id']))
  if (!client) return sendPage(res, 400, 'there is no such application')
  const launch = await launchOf(grounds, interaction)
  const form = req.method === 'POST' ? await readForm(req) : undefined
  const answer = await step(people, await askOf(desk, interaction, client, launch, req), form)
  if (answer.kind === 'page') {
    res.writeHead(answer.status, { ...answer.headers }).end(answer.html)
    return
  }
  const result = answer.kind === 'refused' ? refusal('they said no') : await agreed(desk, interaction, client, answer)
  if (answer.kind === 'done') await leaveTo(desk, interaction, accountId(answer.account), req, res)
  await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false })
}

/** A form that was sent from a page of another site. */
export function isForeign({ method, headers: { origin } }: IncomingMessage, own: string): boolean {
  return method === 'POST' && origin !== undefined && origin !== 'null' && origin !== own
}

/** Somebody else than who was logged in has logged in: the former login ends, with what was to last as long as it. */
async function leaveTo(
  desk: Desk,
  interaction: Interaction,
  sub: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const former = interaction.session?.accountId
  if (former === undefined || former === sub) return
  await endSession(desk.provider, req, res)
  delete interaction.session
  await interaction.persist()
}

/** Whoever leaves a shared computer: `POST /oauth/logout`. */
export async function endSession(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const session = await provider.Session.get(
    provider.createContext(req, res) as Parameters<typeof provider.Session.get>[0],
  )
  await session.destroy()
}

async function askOf(
  { grounds, ipOf }: Desk,
  interaction: Interaction,
  client: Client,
  launch: EhrLaunch | undefined,
  req: IncomingMessage,
): Promise<Ask> {
  const { params, uid, session, prompt } = interaction
  const scopes = textOf(params['scope']).split(' ')
  const account = prompt.name === 'login' ? undefined : await standingAccount(grounds, session?.accountId)
  const lang = new URL(req.url ?? '/', grounds.origin).searchParams.get('lang')
  return {
    uid,
    action: `${new URL(grounds.issuer).pathname}/interaction/${uid}`,
    client: client.clientName ?? client.clientId,
    redirect: textOf(params['redirect_uri']),
    scopes,
    doors: doorsOf(scopes, launch),
    ...(account && { account }),
    ...(launch && { patient: launch.patient }),
    ip: ipOf(req),
    ...(req.headers['accept-language'] !== undefined && { acceptLanguage: req.headers['accept-language'] }),
    ...(lang !== null && { lang }),
  }
}

async function standingAccount({ standing }: Grounds, sub: string | undefined): Promise<Account | undefined> {
  const account = sub === undefined ? undefined : readAccountId(sub)
  return account && (await standing(account))?.account
}

/** Patients come in for scopes of patients; staff for both, and alone for what an EMR opens. */
function doorsOf(scopes: readonly string[], launch: EhrLaunch | undefined): Ask['doors'] {
  const resources = ofResources(scopes)
  const ofPatients = resources.length === 0 || resources.some((scope) => parseScope(scope)?.context === 'patient')
  return launch || !ofPatients ? ['staff'] : ['patient', 'staff']
}

async function launchOf({ launches }: Grounds, { params }: Interaction): Promise<EhrLaunch | undefined> {
  const handle = params['launch']
  return typeof handle === 'string' ? launches.peek(handle) : undefined
}

/** The grant of what was allowed, as far as the account may have it, with the patient it is about. */
async function agreed(desk: Desk, { params }: Interaction, client: Client, done: Done): Promise<InteractionResults> {
  const { provider, grounds } = desk
  const { account, scopes, amr } = done
  const handle = params['launch']
  const launch = typeof handle === 'string' ? await grounds.launches.use(handle).catch(() => undefined) : undefined
  if (typeof handle === 'string' && !launch) return refusal('the launch was used already, or ran out')
  if (launch && !(account.kind === 'staff' && account.facility === launch.facility))
    return refusal('this launch is for people of another facility')
  const patient = launch?.patient ?? (account.kind === 'patient' ? account.id : done.patient)
  const granted = grantable(scopes, account, { patient, encounter: launch?.encounter })
  if (ofResources(granted).length === 0) return refusal('none of what was asked for is for this account')
  const sub = accountId(account)
  const grant = new provider.Grant({ accountId: sub, clientId: client.clientId })
  const resources = ofResources(granted)
  grant.addOIDCScope(granted.filter((scope) => !resources.includes(scope)).join(' '))
  grant.addResourceScope(grounds.base, resources.join(' '))
  const grantId = await grant.save()
  await saveLaunch(
    grounds.db,
    grantId,
    {
      banner: launch === undefined,
      ...(patient !== undefined && { patient }),
      ...(launch?.encounter !== undefined && { encounter: launch.encounter }),
    },
    Math.floor(Date.now() / 1000) + lives.grant,
  )
  return { login: { accountId: sub, amr: [...amr], remember: false }, consent: { grantId } }
}

/** Without a patient there is nothing that patient/ scopes could reach; encounters come with a launch alone. */
function grantable(
  scopes: readonly string[],
  account: Account,
  about: { readonly patient: string | undefined; readonly encounter: string | undefined },
): string[] {
  const contexts = contextsFor(account.kind)
  return scopes.filter((word) => {
    const scope = parseScope(word)
    if (word === 'launch/patient') return about.patient !== undefined
    if (word === 'launch/encounter') return about.encounter !== undefined
    return !scope || (contexts.includes(scope.context) && (scope.context !== 'patient' || about.patient !== undefined))
  })
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : ''
}

function refusal(why: string): InteractionResults {
  return { error: 'access_denied', error_description: why }
}

export function sendPage(res: ServerResponse, status: number, why: string): void {
  res
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    })
    .end(pageOf(why))
}
