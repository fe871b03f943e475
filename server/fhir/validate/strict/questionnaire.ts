import { doubt, fault, listed, textOf, type Json, type Place, type Strict } from './context.ts'

interface Placed {
  readonly item: Json
  readonly order: number
  readonly above: readonly string[]
}

/** https://hl7.org/fhir/R4/questionnaire.html: conditions that refer to items that are there, values of the item's type. */
export function questionnaireFaults(strict: Strict, questionnaire: Json, place: Place): void {
  const items = new Map<string, Placed>()
  collect(questionnaire, [], items)
  visit(questionnaire, place)

  function visit(holder: Json, at: Place): void {
    for (const [i, item] of listed(holder['item'])) {
      const here = [...at, 'item', i]
      conditionFaults(strict, item, items, here)
      valueFaults(strict, item, here)
      visit(item, here)
    }
  }
}

function collect(holder: Json, above: readonly string[], items: Map<string, Placed>): void {
  for (const [, item] of listed(holder['item'])) {
    const id = textOf(item['linkId'])
    if (id !== undefined && !items.has(id)) items.set(id, { item, order: items.size, above })
    if (above.length < 50) collect(item, id === undefined ? above : [...above, id], items)
  }
}

function conditionFaults(strict: Strict, item: Json, items: ReadonlyMap<string, Placed>, place: Place): void {
  const own = textOf(item['linkId'])
  for (const [i, condition] of listed(item['enableWhen'])) {
    const question = textOf(condition['question'])
    if (question === undefined) continue
    const at = [...place, 'enableWhen', i]
    const target = items.get(question)
    if (!target)
      fault(
        strict,
        [...at, 'question'],
        'not-found',
        'No item has this linkId.',
        'Name the linkId of a question of this Questionnaire.',
      )
    else if (question === own)
      fault(
        strict,
        [...at, 'question'],
        'invalid',
        'An item cannot depend on its own answer.',
        'Name another question.',
      )
    else if (own !== undefined && target.above.includes(own))
      fault(
        strict,
        [...at, 'question'],
        'invalid',
        'An item cannot depend on a question within it.',
        'Name a question outside.',
      )
    else if (own !== undefined && target.order > (items.get(own)?.order ?? Infinity)) {
      doubt(
        strict,
        [...at, 'question'],
        'informational',
        'The question comes after the item that depends on it.',
        'Ask it before.',
      )
    }
    if (target && condition['operator'] !== 'exists')
      answerFault(strict, condition, 'answer', textOf(target.item['type']), at)
  }
}

/** The type in the name of a choice's property, for each item type (https://hl7.org/fhir/R4/valueset-item-type.html). */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  boolean: ['Boolean'],
  decimal: ['Decimal', 'Integer'],
  integer: ['Integer'],
  date: ['Date'],
  dateTime: ['DateTime', 'Date'],
  time: ['Time'],
  string: ['String'],
  text: ['String'],
  url: ['Uri'],
  choice: ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  'open-choice': ['Coding', 'String', 'Integer', 'Date', 'Time', 'Reference'],
  attachment: ['Attachment'],
  reference: ['Reference'],
  quantity: ['Quantity'],
}

/** A value of another type than the question's; true when it is. */
export function answerFault(
  strict: Strict,
  holder: Json,
  stem: string,
  type: string | undefined,
  place: Place,
): boolean {
  const allowed = VALUES[type ?? '']
  const key = Object.keys(holder).find((one) => one.startsWith(stem) && /[A-Z]/.test(one.charAt(stem.length)))
  if (!allowed || key === undefined || allowed.includes(key.slice(stem.length))) return false
  const words = allowed.map((name) => `${stem}${name}`).join(' or ')
  fault(
    strict,
    [...place, key],
    'structure',
    `The answer to a question of type ${type} must be ${words}.`,
    `Write it as ${words}.`,
  )
  return true
}

function valueFaults(strict: Strict, item: Json, place: Place): void {
  const type = textOf(item['type'])
  for (const [i, initial] of listed(item['initial']))
    answerFault(strict, initial, 'value', type, [...place, 'initial', i])
}
