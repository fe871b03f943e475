/** Every record ends in exactly one of these; the letters are record.state. */
export const states = {
  accepted: 'a',
  'accepted-with-warnings': 'w',
  duplicate: 'd',
  superseded: 's',
  quarantined: 'q',
  ignored: 'i',
  parked: 'p',
  held: 'h',
} as const

export type State = keyof typeof states
export type Letter = (typeof states)[State]

export type Counts = Partial<Record<State, number>>

const byLetter = new Map<string, State>(Object.entries(states).map(([state, letter]) => [letter, state as State]))

export function stateOf(letter: string): State {
  return byLetter.get(letter) ?? 'held'
}

export function isState(text: string): text is State {
  return Object.hasOwn(states, text)
}

export function add(counts: Counts, state: State, many = 1): Counts {
  const sum = (counts[state] ?? 0) + many
  if (sum === 0) delete counts[state]
  else counts[state] = sum
  return counts
}

/** Outcomes since the process started, by facility and state: names of facilities of the catalogue, never what a client sends. */
export class Outcomes {
  readonly #counts = new Map<string, number>()

  count(facility: string, state: State, many: number): void {
    const key = `${facility} ${state}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + many)
  }

  *[Symbol.iterator](): Iterator<{ facility: string; state: string; count: number }> {
    for (const [key, count] of this.#counts) {
      const [facility = '', state = ''] = key.split(' ')
      yield { facility, state, count }
    }
  }
}
