import { type Ast, type Operator, PathError, precedences } from './ast.ts'
import { lex, type Token } from './lexer.ts'

/** Nesting allowed, so that no expression overflows the stack. */
const MAX_DEPTH = 200

const calendarUnits = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/

/** FHIRPath text → tree. Throws PathError that says where. */
export function parse(expression: string): Ast {
  let ast = parsed.get(expression)
  if (!ast) {
    if (parsed.size >= MAX_PARSED) parsed.clear()
    parsed.set(expression, (ast = new Parser(lex(expression)).whole()))
  }
  return ast
}

/** A definition is read by several rooms at the start; trees do not change. */
const parsed = new Map<string, Ast>()
const MAX_PARSED = 5000

class Parser {
  private place = 0
  private depth = 0

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Ast {
    const ast = this.expression(0)
    if (this.token.kind !== 'end') this.fail(`unexpected ${this.token.text}`)
    return ast
  }

  /** Precedence climbing; every binary operator is left-associative. */
  private expression(floor: number): Ast {
    if (++this.depth > MAX_DEPTH) this.fail('nested too deeply')
    let left = this.unary()
    for (;;) {
      const op = this.operator()
      if (op === undefined || precedences[op] <= floor) break
      this.place++
      if (op === 'is' || op === 'as') left = { kind: 'type', op, of: left, type: this.typeName() }
      else left = { kind: 'binary', op, left, right: this.expression(precedences[op]) }
    }
    this.depth--
    return left
  }

  private unary(): Ast {
    if (this.sees('+') || this.sees('-')) {
      const op = this.token.text === '-' ? '-' : '+'
      this.place++
      return { kind: 'sign', op, of: this.unary() }
    }
    return this.postfix()
  }

  private postfix(): Ast {
    let left = this.term()
    for (;;) {
      if (this.takes('.')) left = this.invocation(left)
      else if (this.takes('[')) {
        const index = this.expression(0)
        this.must(']')
        left = { kind: 'item', of: left, index }
      } else return left
    }
  }

  private term(): Ast {
    const token = this.token
    switch (token.kind) {
      case 'string':
        this.place++
        return { kind: 'literal', value: { kind: 'string', text: token.text } }
      case 'temporal':
        this.place++
        return { kind: 'literal', value: { kind: 'temporal', text: token.text } }
      case 'number':
        this.place++
        return this.numberOrQuantity(token.text)
      case 'variable':
        this.place++
        return { kind: 'variable', name: token.text }
      case 'word':
        if (!token.quoted && (token.text === 'true' || token.text === 'false')) {
          this.place++
          return { kind: 'literal', value: { kind: 'boolean', value: token.text === 'true' } }
        }
        return this.invocation(undefined)
      case 'special':
        return this.invocation(undefined)
      case 'sign':
        return this.bracketed()
      case 'end':
        return this.fail('it ends too early')
    }
  }

  private bracketed(): Ast {
    if (this.takes('{')) {
      this.must('}')
      return { kind: 'empty' }
    }
    this.must('(')
    const inner = this.expression(0)
    this.must(')')
    return inner
  }

  private numberOrQuantity(text: string): Ast {
    const { kind, text: unit } = this.token
    const calendar = kind === 'word' && calendarUnits.test(unit)
    if (!calendar && kind !== 'string') return { kind: 'literal', value: { kind: 'number', text } }
    this.place++
    return { kind: 'literal', value: { kind: 'quantity', value: Number(text), unit, calendar } }
  }

  private invocation(of: Ast | undefined): Ast {
    const token = this.token
    this.place++
    if (token.kind === 'special') return { kind: 'special', name: token.text as '$this' | '$index' | '$total' }
    if (token.kind !== 'word') return this.fail(`unexpected ${token.text || 'end'}`)
    if (!token.quoted && reserved.has(token.text)) this.fail(`unexpected ${token.text}`)
    if (!this.takes('(')) return { kind: 'member', of, name: token.text }
    if (token.text === 'is' || token.text === 'as' || token.text === 'ofType') {
      const type = this.typeName()
      this.must(')')
      return { kind: 'type', op: token.text, of, type }
    }
    return { kind: 'call', of, name: token.text, args: this.args() }
  }

  private args(): Ast[] {
    const args: Ast[] = []
    if (this.takes(')')) return args
    do args.push(this.expression(0))
    while (this.takes(','))
    this.must(')')
    return args
  }

  private typeName(): string {
    const parts: string[] = []
    do {
      if (this.token.kind !== 'word') this.fail('a type name is expected')
      parts.push(this.token.text)
      this.place++
    } while (this.takes('.'))
    return parts.join('.')
  }

  private operator(): keyof typeof precedences | undefined {
    const token = this.token
    if (token.kind !== 'sign' && (token.kind !== 'word' || token.quoted)) return undefined
    return Object.hasOwn(precedences, token.text) ? (token.text as Operator | 'is' | 'as') : undefined
  }

  private get token(): Token {
    return this.tokens[Math.min(this.place, this.tokens.length - 1)] as Token
  }

  private sees(sign: string): boolean {
    return this.token.kind === 'sign' && this.token.text === sign
  }

  private takes(sign: string): boolean {
    if (!this.sees(sign)) return false
    this.place++
    return true
  }

  private must(sign: string): void {
    if (!this.takes(sign)) this.fail(`${sign} is expected`)
  }

  private fail(what: string): never {
    throw new PathError(`${what}, at character ${this.token.at + 1}`)
  }
}

/** Words that are no identifiers without backquotes; `is`, `as`, `in`, `contains` may name elements and functions. */
const reserved: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'implies', 'div', 'mod', 'true', 'false'])
