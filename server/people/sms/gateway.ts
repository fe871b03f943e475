/** Where messages go: an HTTP gateway of an operator, or a small adapter before it. */
export interface Gateway {
  readonly url: string
  readonly token: string | undefined
  /** The registered header (six letters). */
  readonly sender: string
  /** DLT id of the principal entity. */
  readonly entity: string
}

export interface Message {
  /** Ours, the same in every try: a gateway that knows it does not send twice. It comes back with the status. */
  readonly reference: string
  /** Ten digits. */
  readonly mobile: string
  readonly text: string
  readonly language: string
  /** DLT id of the template; empty when there is none. */
  readonly template: string
}

export type Sent =
  | { readonly kind: 'sent'; readonly id: string | undefined }
  /** It will not be taken however often it is tried. */
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'again'; readonly problem: string }

const TIMEOUT = 10_000

/**
 * `POST <url>` with `{ to, from, entityId, templateId, text, unicode, reference }` and the token as bearer; 2xx is taken,
 * its `id` (or `messageId`) is kept. 408, 425, 429, 5xx and a broken connection are tried again, all else is refused.
 * No redirects: they would take text and token elsewhere. Problems name a status, never what the gateway wrote.
 */
export async function sendBy(gateway: Gateway, message: Message): Promise<Sent> {
  try {
    const response = await fetch(gateway.url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT),
      headers: {
        'content-type': 'application/json',
        ...(gateway.token !== undefined && { authorization: `Bearer ${gateway.token}` }),
      },
      body: JSON.stringify(bodyOf(gateway, message)),
    })
    const text = await response.text()
    if (response.ok) return { kind: 'sent', id: idIn(text) }
    const again = [408, 425, 429].includes(response.status) || response.status >= 500
    return { kind: again ? 'again' : 'refused', problem: `HTTP ${response.status}` }
  } catch (error) {
    return { kind: 'again', problem: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no answer' }
  }
}

function bodyOf({ sender, entity }: Gateway, { mobile, text, template, reference }: Message): object {
  return {
    to: `+91${mobile}`,
    ...(sender && { from: sender }),
    ...(entity && { entityId: entity }),
    ...(template && { templateId: template }),
    text,
    unicode: /[^ -~]/.test(text),
    reference,
  }
}

function idIn(text: string): string | undefined {
  try {
    const { id, messageId } = JSON.parse(text) as { id?: unknown; messageId?: unknown }
    const found = id ?? messageId
    return typeof found === 'string' || typeof found === 'number' ? String(found).slice(0, 100) : undefined
  } catch {
    return undefined
  }
}
