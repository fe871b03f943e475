import { fault, isJson, listed, textOf, type Json, type Place, type Strict } from './context.ts'
import { answerFault } from './questionnaire.ts'
import { fitsPattern } from '../../profile/values.ts'

/**
 * A QuestionnaireResponse against its Questionnaire, where that is at hand: contained, or in the same bundle
 * (https://hl7.org/fhir/R4/questionnaireresponse.html#notes).
 */
export function responseFaults(strict: Strict, response: Json, place: Place, questionnaire: Json | undefined): void {
  if (questionnaire) new Reading(strict, response, textOf(response['status'])).group(questionnaire, response, place)
}

class Reading {
  constructor(
    private readonly strict: Strict,
    private readonly response: Json,
    private readonly status: string | undefined,
  ) {}

  /** The items that a group, or an answer, asks for and holds. */
  group(asked: Json, holder: Json, place: Place): void {
    const { strict } = this
    const questions = listed(asked['item']).map(([, one]) => one)
    const given = listed(holder['item'])
    let last = -1
    for (const [i, item] of given) {
      const at = [...place, 'item', i]
      const order = questions.findIndex((one) => one['linkId'] === item['linkId'])
      const question = questions[order]
      if (!question) {
        fault(
          strict,
          [...at, 'linkId'],
          'not-found',
          'The Questionnaire has no such item here.',
          'Use the linkIds of the Questionnaire, nested as there.',
        )
        continue
      }
      if (order < last)
        fault(strict, at, 'structure', 'The items are in another order than in the Questionnaire.', 'Keep its order.')
      last = Math.max(last, order)
      this.item(question, item, at)
    }
    for (const question of questions) {
      const own = given.filter(([, one]) => one['linkId'] === question['linkId'])
      if (own.length > 1 && !(question['type'] === 'group' && question['repeats'] === true)) {
        fault(
          strict,
          [...place, 'item', own[1]?.[0] ?? 0],
          'duplicate',
          'This item stands more than once.',
          'Put several answers into one item.',
        )
      }
      if (own.length === 0 && this.demanded(question))
        fault(strict, place, 'required', 'A required item of the Questionnaire has no answer.', 'Answer it.')
    }
  }

  private demanded(question: Json): boolean {
    const complete = this.status === 'completed' || this.status === 'amended'
    return complete && question['required'] === true && question['type'] !== 'display' && this.enabled(question)
  }

  private item(question: Json, item: Json, place: Place): void {
    const { strict } = this
    const type = textOf(question['type'])
    const answers = listed(item['answer'])
    if (answers.length > 0 && !this.enabled(question)) {
      fault(
        strict,
        place,
        'structure',
        'This item has an answer although its condition is not met.',
        'Leave the answer out.',
      )
    }
    if (type === 'group') {
      if (answers.length > 0)
        fault(
          strict,
          [...place, 'answer'],
          'structure',
          'A group has no answer, only items.',
          'Put the items into item.',
        )
      this.group(question, item, place)
      return
    }
    if (type === 'display') {
      if (answers.length > 0)
        fault(strict, [...place, 'answer'], 'structure', 'A display item has no answer.', 'Leave the item out.')
      return
    }
    if (answers.length === 0 && this.demanded(question))
      fault(strict, place, 'required', 'A required question has no answer.', 'Answer it.')
    if (answers.length > 1 && question['repeats'] !== true)
      fault(strict, [...place, 'answer'], 'structure', 'This question takes one answer.', 'Keep one.')
    if (item['item'] !== undefined && answers.length === 0)
      fault(
        strict,
        [...place, 'item'],
        'structure',
        'Items under a question stand in its answer.',
        'Put them into answer.',
      )
    for (const [i, answer] of answers) {
      const at = [...place, 'answer', i]
      if (!answerFault(strict, answer, 'value', type, at)) this.option(question, answer, at)
      this.group(question, answer, at)
    }
  }

  private option(question: Json, answer: Json, place: Place): void {
    const options = listed(question['answerOption'])
    if (question['type'] !== 'choice' || options.length === 0) return
    const key = Object.keys(answer).find((one) => /^value[A-Z]/.test(one))
    if (key === undefined) return
    const fits = options.some(([, option]) => sameAnswer(answer[key], option[key]))
    if (!fits)
      fault(
        this.strict,
        [...place, key],
        'code-invalid',
        'The answer is none of the options of the question.',
        'Choose one of its answerOption.',
      )
  }

  /** enableWhen (https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
  private enabled(question: Json): boolean {
    const conditions = listed(question['enableWhen']).map(([, one]) => one)
    if (conditions.length === 0) return true
    const holds = (condition: Json): boolean => this.holds(condition)
    return question['enableBehavior'] === 'any' ? conditions.some(holds) : conditions.every(holds)
  }

  private holds(condition: Json): boolean {
    const answers = answersTo(this.response, textOf(condition['question']) ?? '')
    const key = Object.keys(condition).find((one) => /^answer[A-Z]/.test(one)) ?? ''
    const wanted = condition[key]
    const { operator } = condition
    if (operator === 'exists') return answers.length > 0 === wanted
    return answers.some((answer) => {
      const value = answer[`value${key.slice('answer'.length)}`]
      if (operator === '=') return sameAnswer(value, wanted)
      if (operator === '!=') return !sameAnswer(value, wanted)
      const [a, b] = [amount(value), amount(wanted)]
      if (a === undefined || b === undefined || typeof a !== typeof b) return false
      return operator === '>' ? a > b : operator === '<' ? a < b : operator === '>=' ? a >= b : a <= b
    })
  }
}

function amount(value: unknown): number | string | undefined {
  const bare = isJson(value) ? value['value'] : value
  return typeof bare === 'number' || typeof bare === 'string' ? bare : undefined
}

function sameAnswer(value: unknown, wanted: unknown): boolean {
  if (isJson(wanted) && isJson(value) && 'code' in wanted) {
    return wanted['code'] === value['code'] && (wanted['system'] === undefined || wanted['system'] === value['system'])
  }
  return wanted !== undefined && fitsPattern(value, wanted)
}

function answersTo(holder: Json, linkId: string): Json[] {
  return listed(holder['item']).flatMap(([, item]) => {
    const answers = listed(item['answer']).map(([, one]) => one)
    const own = item['linkId'] === linkId ? answers : []
    return [...own, ...answersTo(item, linkId), ...answers.flatMap((answer) => answersTo(answer, linkId))]
  })
}
