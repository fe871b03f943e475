import { escape } from './delimiters.ts'
import type { Message } from './message.ts'

/** Original mode: AA accepted, AE error, AR rejected. Enhanced mode, for the transport alone: CA, CE, CR (2.9.2, table 0008). */
export type AcknowledgementCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR'

/**
 * The answer to a message (2.13): MSH with sender and receiver exchanged, MSA, and ERR unless all is well. `text` must not
 * quote what the message holds. `now` names the answer too: equal calls give equal answers.
 */
export function acknowledgement(
  message: Message,
  code: AcknowledgementCode,
  text: string | undefined,
  now: Date,
): string {
  const { header, delimiters } = message
  const { field, component, repetition, escape: backslash, subcomponent } = delimiters
  const characters = [component, repetition, backslash, subcomponent]
    .filter((character) => character !== '\uffff')
    .join('')
  const trigger = message.type.split('^')[1]
  const segments = [
    [
      'MSH',
      characters,
      header.field(5),
      header.field(6),
      header.field(3),
      header.field(4),
      stamp(now),
      '',
      trigger ? ['ACK', trigger, 'ACK'].join(component) : 'ACK',
      `A${now.getTime().toString(36)}${hash(message.controlId)}`.toUpperCase(),
      header.field(11) || 'P',
      header.field(12) || '2.5.1',
    ],
    ['MSA', code, header.field(10), ...(text && !accepted(code) ? [escape(text, delimiters)] : [])],
  ]
  if (header.field(18)) segments[0]?.push('', '', '', '', '', header.field(18))
  if (!accepted(code)) segments.push(errorSegment(code, text, component, (words) => escape(words, delimiters)))
  return segments.map((fields) => `${fields.join(field)}\r`).join('')
}

/** ERR-3 from table 0357, ERR-4 severity E, ERR-8 what a person reads. */
function errorSegment(
  code: AcknowledgementCode,
  text: string | undefined,
  component: string,
  safe: (words: string) => string,
): string[] {
  const [number, words] =
    code === 'AR' || code === 'CR' ? ['200', 'Unsupported message type'] : ['207', 'Application error']
  return ['ERR', '', '', [number, words, 'HL70357'].join(component), 'E', '', '', '', text ? safe(text) : '']
}

function accepted(code: AcknowledgementCode): boolean {
  return code === 'AA' || code === 'CA'
}

/** In UTC, and it says so. */
function stamp(now: Date): string {
  return `${now.toISOString().slice(0, 19).replace(/[-T:]/g, '')}+0000`
}

/** So that two answers of one millisecond have different ids. */
function hash(text: string): string {
  let value = 0
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return value.toString(36)
}
