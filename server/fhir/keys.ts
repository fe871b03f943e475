import xxhash from 'xxhash-wasm'

/**
 * The 64-bit keys everything is found by. They are stored, so they must never change:
 * XXH64 (https://github.com/Cyan4973/xxHash, seed in parentheses) as signed bigint, PostgreSQL's own range.
 *
 * A search parameter value becomes one or more tokens in `resource.tokens` (a GIN index):
 *
 *     code          `code`, and `system|code` + `system|` when there is a system, else `|code`
 *     reference     rid(target) xor paramId   — so that SQL can compute it from the target's row
 *                   (a url of another server: its text)
 *     uri           the text; a canonical also without its `|version`
 *     exact string  `"text`                   (:exact)
 *     text          `~normalised text`        (:text; the words themselves stand in `lexicon`)
 *     identifier    `#system|value`, `#value` of a reference's identifier (:identifier)
 *     of-type       `@type system|type code|value`
 *     composite     `first$second` of the components' own token texts
 */
const hash = await xxhash()

/** A resource's row key: XXH64(0) of `Type/id`. */
export function rid(type: string, id: string): bigint {
  return BigInt.asIntN(64, hash.h64(`${type}/${id}`))
}

/** A search parameter's key: even, 31 bits; the odd neighbour marks long date ranges (see store/index). */
export function paramId(base: string, code: string): number {
  return Number(hash.h64(`${base}.${code}`) & 0x7ffffffen)
}

/** A token: XXH64(paramId) of its text. */
export function token(param: number, text: string): bigint {
  return BigInt.asIntN(64, hash.h64(text, BigInt(param)))
}

/** The token of a reference parameter that points at the resource with this row key: its SQL twin is `rid # param::bigint`. */
export function referenceToken(param: number, target: bigint): bigint {
  return target ^ BigInt(param)
}

/** The token that marks a resource in several patients' compartments (`resource.patient = -1`). */
export function compartmentToken(patient: bigint): bigint {
  return referenceToken(COMPARTMENT, patient)
}

const COMPARTMENT = paramId('Resource', 'compartment')

/** `resource.patient` of a resource in no patient's compartment, and in several. */
export const NO_PATIENT = 0n
export const SEVERAL_PATIENTS = -1n
