import type { Account } from '../../people/account.ts'

/**
 * The contract between the interaction route (server/oauth) and the pages:
 *
 *     const answer = await step(people, ask, form)
 *
 * for each GET (form undefined) and each POST (its urlencoded fields) of /oauth/interaction/:uid, after the route has made
 * sure that the interaction's own cookie is there. What is between two requests is kept here (migration 013), under the
 * uid; the route keeps nothing. Sessions, grants, cookies and redirects are the route's.
 */
export interface Ask {
  /** Of the interaction: binds forms and what is kept. */
  readonly uid: string
  /** Where forms go: `/oauth/interaction/<uid>`. */
  readonly action: string
  /** The application, as people know it. */
  readonly client: string
  /** Where the browser goes when all is done, for the Content-Security-Policy (form-action): the redirect_uri. */
  readonly redirect?: string
  /** As asked for, what the client may not have left out: `openid launch/patient patient/*.rs offline_access`. */
  readonly scopes: readonly string[]
  /** Who may come in through this application. */
  readonly doors: readonly ('patient' | 'staff')[]
  /** Somebody is already logged in (a session): only what is still open is asked. */
  readonly account?: Account
  /** Id of the Patient that an EHR launch is about: nobody chooses another. */
  readonly patient?: string
  /** Consent was given before, to all of `scopes`: not asked again. */
  readonly consented?: boolean
  /** Their own account instead of an application: there is nothing to allow. Done is `refused`: they signed out. */
  readonly own?: true
  readonly ip: string
  /** The header. */
  readonly acceptLanguage?: string
  /** `?lang=hi` of the address. */
  readonly lang?: string | undefined
}

export type Form = URLSearchParams

export type Answer =
  /** To be sent as it is; the headers hold Content-Type, Content-Security-Policy and Cache-Control. */
  | {
      readonly kind: 'page'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly html: string
    }
  /** Everything is answered; what was kept is forgotten. */
  | {
      readonly kind: 'done'
      readonly account: Account
      /** Of launch/patient (or what `ask.patient` said); of a patient their own. */
      readonly patient?: string
      /** Those of `ask.scopes` that were allowed. */
      readonly scopes: readonly string[]
      readonly language: 'hi' | 'en'
      /** How they showed who they are, for `amr`: pwd, otp, sms. Empty when `ask.account` was there. */
      readonly amr: readonly string[]
    }
  /** They said no: `access_denied`. */
  | { readonly kind: 'refused' }
