import type { Adapter } from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Caller } from '../context.ts'
import { FhirError } from '../errors.ts'
import { desk } from '../interactions/desk.ts'
import type { House } from '../interactions/house.ts'
import { draw } from './secret.ts'

/** What an EHR launch is about, between the system that opens an application and the application's request. */
export interface EhrLaunch {
  readonly patient: string
  readonly encounter?: string
  /** Of the system or person that made it: whoever logs in must be of it too. */
  readonly facility: string
}

/** Seconds from the click in the EMR to the application's request and the login. */
const LIFE = 300

const ID = /^[A-Za-z0-9\-.]{1,64}$/

export class Launches {
  constructor(private readonly shelf: Adapter) {}

  async make(launch: EhrLaunch): Promise<string> {
    const handle = draw()
    await this.shelf.upsert(handle, { kind: 'Launch', params: { ...launch } }, LIFE)
    return handle
  }

  async peek(handle: string): Promise<EhrLaunch | undefined> {
    const kept = await this.shelf.find(handle)
    return kept?.params && kept.consumed === undefined ? (kept.params as unknown as EhrLaunch) : undefined
  }

  /** Once; a refusal of oidc-provider the second time. */
  async use(handle: string): Promise<EhrLaunch> {
    const launch = await this.peek(handle)
    if (!launch) throw new errors.InvalidGrant('used already')
    await this.shelf.consume(handle)
    return launch
  }
}

/** `POST /oauth/launch` `{ patient, encounter? }` → `{ launch }`: only for records that the caller sees. */
export async function makeLaunch(
  { house, base, launches }: { house: House; base: string; launches: Launches },
  caller: Caller,
  asked: unknown,
): Promise<{ launch: string; expires_in: number }> {
  const { facility, role } = caller
  if (facility === undefined || (role !== 'emr' && role !== 'doctor'))
    throw new FhirError('forbidden', 'Only a doctor or the system of a facility opens applications')
  const { patient, encounter } = (typeof asked === 'object' && asked !== null ? asked : {}) as Record<string, unknown>
  if (
    typeof patient !== 'string' ||
    !ID.test(patient) ||
    (encounter !== undefined && !(typeof encounter === 'string' && ID.test(encounter)))
  )
    throw new FhirError('invalid', 'A launch is { "patient": id, "encounter": id }, as JSON')
  const context = { requestId: 'launch', base, actor: caller }
  const see = (path: string[]) => desk(house, context, { method: 'GET', path, query: [], headers: {} })
  await see(['Patient', patient])
  if (encounter !== undefined) await see(['Encounter', encounter])
  const launch = await launches.make({ patient, facility, ...(encounter !== undefined && { encounter }) })
  return { launch, expires_in: LIFE }
}
