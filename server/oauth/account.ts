import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { People } from '../people/people.ts'
import { endSession, isForeign, sendPage, type Step } from './interaction.ts'
import { readForm } from './form.ts'
import { isProven, moveState } from './pages/state.ts'
import { signOutPage, signedOutPage } from './pages/signout.ts'
import { draw, fingerprint } from './secret.ts'

interface Room {
  readonly provider: Provider
  readonly origin: string
  readonly people: People
  readonly step: Step
  readonly ipOf: (req: IncomingMessage) => string
}

const ACTION = '/oauth/account'
const COOKIE = 'parchi_account'

/**
 * `/oauth/account`: the same pages as of a login, with nothing to allow at their end. Whoever comes shows their password
 * first, also with a session: what is done here is what somebody at a computer left open must not do. The cookie is drawn
 * anew when they have shown it, so that nobody who knew the former one comes along.
 */
export async function ownAccount(room: Room, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { people, step, origin } = room
  if (isForeign(req, origin)) return sendPage(res, 403, 'this form was sent from another site')
  const shown = cookieOf(req)
  const secret = shown ?? draw()
  const ask = askOf(room, req)
  const form = req.method === 'POST' ? await readForm(req) : undefined
  const uid = uidOf(secret)
  const known = form !== undefined && (await isProven(people, uid))
  const answer = await step(people, { ...ask, uid }, form)
  if (answer.kind !== 'page') {
    await endSession(room.provider, req, res)
    res.appendHeader('set-cookie', cookie(origin, '', 0))
    return void res.writeHead(303, { location: '/oauth/logout?done=1', 'cache-control': 'no-store' }).end()
  }
  const fresh = draw()
  const moved = form !== undefined && !known && (await moveState(people, uid, uidOf(fresh)))
  const page = moved ? await step(people, { ...ask, uid: uidOf(fresh) }) : answer
  if (page.kind !== 'page') throw new Error('a page leads nowhere by being shown')
  res.setHeader('set-cookie', cookie(origin, moved ? fresh : secret, QUARTER))
  res.writeHead(page.status, { ...page.headers }).end(page.html)
}

/** Seconds: as long as what is between two pages is kept. */
const QUARTER = 15 * 60

function uidOf(secret: string): string {
  return `own ${fingerprint(secret)}`
}

function cookieOf(req: IncomingMessage): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]{43})(?:;|$)`).exec(req.headers.cookie ?? '')?.[1]
}

function cookie(origin: string, value: string, seconds: number): string {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=${ACTION}; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

function askOf({ ipOf, origin }: Room, req: IncomingMessage): Omit<Parameters<Step>[1], 'uid'> {
  const lang = new URL(req.url ?? '/', origin).searchParams.get('lang')
  return {
    action: ACTION,
    client: 'Parchi',
    scopes: [],
    doors: ['staff'],
    own: true,
    ip: ipOf(req),
    ...(req.headers['accept-language'] !== undefined && { acceptLanguage: req.headers['accept-language'] }),
    ...(lang !== null && { lang }),
  }
}

/** `/oauth/logout`: GET asks, POST ends the session of this browser. */
export async function signOut(room: Room, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (isForeign(req, room.origin)) return sendPage(res, 403, 'this form was sent from another site')
  const query = new URL(req.url ?? '/', room.origin).searchParams
  const wishes = { lang: query.get('lang') ?? undefined, acceptLanguage: req.headers['accept-language'] }
  if (req.method === 'POST') {
    await endSession(room.provider, req, res)
    return void res.writeHead(303, { location: '/oauth/logout?done=1', 'cache-control': 'no-store' }).end()
  }
  const { headers, html } = query.has('done') ? signedOutPage(wishes) : signOutPage(wishes)
  res.writeHead(200, headers).end(html)
}
