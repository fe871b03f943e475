import { Readable } from 'node:stream'
import {
  acknowledgement,
  parseMessage,
  type AcknowledgementCode,
  type Message,
} from '../../../mappers/read/hl7v2/hl7v2.ts'
import { FhirError } from '../../errors.ts'
import type { CatalogEntry } from '../catalog.ts'
import type { Intake } from '../intake.ts'
import { receive } from '../receive.ts'
import type { Answers, Reply, Sending } from './mllp.ts'
import type { Processed } from './processed.ts'
import { senderOf } from './senders.ts'

export interface Hl7Way {
  readonly intake: Intake
  /** Why nothing is taken yet or any more. */
  readonly readiness: () => string | undefined
  readonly processed: Processed
  /** Senders show whose they are by a certificate. */
  readonly bound?: boolean
  /** Bytes a message may have. */
  readonly limit: number
}

/** What MLLP messages are answered (HL7 v2.5.1, 2.9.2): never before they are committed. */
export function hl7Answers(way: Hl7Way): Answers {
  return {
    message: (bytes, from) => answer(way, bytes, from),
    tooLong: (head) => refusal(parseMessage(head), 'AE', `The message has more than ${way.limit >> 20} MB.`),
  }
}

async function answer(way: Hl7Way, bytes: Buffer, { port, names }: Sending): Promise<Reply> {
  const { intake, readiness, processed } = way
  const message = parseMessage(bytes)
  if (!message) return { now: refusal(message, 'AR', UNREADABLE) }
  const wishes = wishesOf(message)
  const facility = senderOf(intake.catalog, message, port)
  if (!facility) return only(wishes, message, 'R', UNKNOWN)
  if (way.bound && !isSender(names, facility)) return only(wishes, message, 'R', ANOTHER)
  const reason = readiness()
  if (reason !== undefined) return only(wishes, message, 'E', `The server is ${reason}; send it again.`)
  let id: string
  try {
    ;({ message: id } = await receive(intake, {
      facility: facility.slug,
      via: 'mllp',
      contentType: HL7,
      bytes: Readable.from([bytes]),
    }))
  } catch (error) {
    if (!(error instanceof FhirError))
      intake.house.log.warn({ port, error: nameOf(error) }, 'an MLLP message was not kept')
    return only(wishes, message, 'E', textOf(error))
  }
  if (wishes.mode === 'original') return { now: reply(message, 'AA') }
  const { accept, application } = wishes
  return {
    ...(wants(accept, true) && { now: reply(message, 'CA') }),
    ...(application !== 'NE' && { later: outcome(processed, message, id, application) }),
  }
}

const HL7 = 'x-application/hl7-v2+er7'
const UNREADABLE = 'No message header (MSH) can be read.'
const UNKNOWN = 'MSH-3 and MSH-4, or this port, belong to no facility: they are declared as hl7: in its facility file.'
const ANOTHER =
  'Your certificate names another facility: its CN, O, OU or an alternative name must be the id or the short name of the sending facility.'
const AWAY = 'The message could not be stored just now; send it again.'

/** A facility's certificate sends for that facility alone. */
function isSender(names: ReadonlySet<string> | undefined, { slug, organization }: CatalogEntry): boolean {
  return names !== undefined && (names.has(slug.toLowerCase()) || names.has(organization.toLowerCase()))
}

/** What a sender wants to hear: an empty MSH-15 and MSH-16 mean the original mode, where one answer says all. */
type Wishes =
  { readonly mode: 'original' } | { readonly mode: 'enhanced'; readonly accept: Wish; readonly application: Wish }
/** Table 0155: always, never, on errors, on success. */
type Wish = 'AL' | 'NE' | 'ER' | 'SU'

function wishesOf({ header }: Message): Wishes {
  const [accept, application] = [header.text(15), header.text(16)]
  if (accept === '' && application === '') return { mode: 'original' }
  return { mode: 'enhanced', accept: wishOf(accept), application: wishOf(application) }
}

function wishOf(text: string): Wish {
  const found = (['AL', 'ER', 'SU'] as const).find((wish) => wish === text.toUpperCase())
  return found ?? 'NE'
}

function wants(wish: Wish, good: boolean): boolean {
  return wish === 'AL' || wish === (good ? 'SU' : 'ER')
}

/** Nothing was kept: told at the level at which the sender listens. */
function only(wishes: Wishes, message: Message, kind: 'E' | 'R', text: string): Reply {
  if (wishes.mode === 'original') return { now: reply(message, `A${kind}`, text) }
  if (wants(wishes.accept, false)) return { now: reply(message, `C${kind}`, text) }
  return wants(wishes.application, false) ? { now: reply(message, `A${kind}`, text) } : {}
}

/** The application's acknowledgement: what processing came to; none if that takes too long. */
async function outcome(processed: Processed, message: Message, id: string, wish: Wish): Promise<string | undefined> {
  const found = await processed.of(id)
  if (!found || !wants(wish, found.good)) return undefined
  return found.good ? reply(message, 'AA') : reply(message, 'AE', found.text)
}

function reply(message: Message, code: AcknowledgementCode, text?: string): string {
  return acknowledgement(message, code, text, new Date())
}

/** To a message whose own header cannot be read, as far as it can. */
function refusal(message: Message | undefined, code: AcknowledgementCode, text: string): string {
  const to = message ?? parseMessage('MSH|^~\\&|||||||ACK||P|2.5.1\r')
  return to ? reply(to, code, text) : ''
}

/** Our refusals quote nothing of a message; what else is thrown might. */
function textOf(error: unknown): string {
  if (!(error instanceof FhirError)) return AWAY
  return error.complete.map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`)).join(' ')
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
