import { readdirSync, readFileSync } from 'node:fs'

export type Language = 'hi' | 'en'

/** A text of profiles/sms, as it is registered with the operators (DLT). */
export interface Template {
  readonly name: string
  readonly facts: readonly Fact[]
  /** Ids under which the texts are registered; empty: not yet. */
  readonly dlt: Readonly<Record<Language, string>>
  readonly text: Readonly<Record<Language, string>>
}

/**
 * All that a message may say. An OTP proves a family's telephone, so nothing clinical: no department, no doctor, and no
 * facility either, for the name of a clinic can say what for.
 */
const facts = {
  code: /^\d{6}$/,
  minutes: /^\d{1,2}$/,
  date: /^\d{2}-\d{2}-\d{4}$/,
  time: /^\d{2}:\d{2}$/,
  token: /^[A-Z]{0,2}-?\d{1,4}$/,
} as const satisfies Record<string, RegExp>

export type Fact = keyof typeof facts

export function isFact(name: string): name is Fact {
  return Object.hasOwn(facts, name)
}

/** Throws for a template that is none, or takes a fact it may not. */
export function readTemplate(text: string): Template {
  const { name, facts: own, dlt, text: texts } = JSON.parse(text) as Template
  for (const language of ['hi', 'en'] as const) {
    const used = [...texts[language].matchAll(/\{(\w*)\}/g)].map(([, fact = '']) => fact)
    const wrong = used.find((fact) => !isFact(fact) || !own.includes(fact)) ?? own.find((fact) => !used.includes(fact))
    if (wrong !== undefined)
      throw new Error(`The SMS template ${name} does not have the fact ${wrong} in its texts and its list.`)
    if (/[{}]/.test(texts[language].replace(/\{\w+\}/g, ''))) throw new Error(`Braces of the SMS template ${name}.`)
    if (typeof dlt[language] !== 'string') throw new Error(`The SMS template ${name} needs DLT ids.`)
  }
  return { name, facts: own, dlt, text: texts }
}

const folder = new URL('../../../profiles/sms/', import.meta.url)

let read: ReadonlyMap<string, Template> | undefined

/** Those of profiles/sms, read once. */
export function templates(): ReadonlyMap<string, Template> {
  return (read ??= new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => readTemplate(readFileSync(new URL(file, folder), 'utf8')))
      .map((template) => [template.name, template]),
  ))
}

/** The text with its facts; throws for a fact of the wrong form. */
export function writeText(template: Template, language: Language, given: Readonly<Record<string, string>>): string {
  return template.text[language].replace(/\{(\w+)\}/g, (_, fact: Fact) => {
    const value = given[fact] ?? ''
    if (!facts[fact].test(value)) throw new Error(`A message of the template ${template.name} lacks the fact ${fact}.`)
    return value
  })
}

/** Whether plain facts have their form: said before a message is queued. */
export function fits(fact: Fact, value: string): boolean {
  return facts[fact].test(value)
}
