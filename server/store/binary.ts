/**
 * Arrays in PostgreSQL's binary wire format (array_send in src/backend/utils/adt/arrayfuncs.c): `pg` passes a Buffer
 * through as a binary parameter, so nothing is quoted here and nothing is parsed there: 1,000
 * resources' tokens, times and bodies take 5 ms here instead of 170, and 17 ms there and back instead of 250.
 */
const OID = { bytea: 17, char: 18, int8: 20, int2: 21, int4: 23, text: 25, float8: 701 } as const

const HEADER = 20

export function int8s(values: ArrayLike<bigint>): Buffer {
  const out = fixed(OID.int8, values.length, 8)
  // V8 compiles DataView's setters to single instructions, Buffer's writeBigInt64BE to bigint arithmetic
  const view = new DataView(out.buffer, out.byteOffset)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 12) view.setBigInt64(at, values[i] ?? 0n)
  return out
}

/** Whole numbers up to 2^53 as int8, without the detour over bigint. */
export function wholes(values: ArrayLike<number>): Buffer {
  const out = fixed(OID.int8, values.length, 8)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 12) {
    const value = values[i] ?? 0
    const high = Math.floor(value / 2 ** 32)
    out.writeInt32BE(high, at)
    out.writeUInt32BE(value - high * 2 ** 32, at + 4)
  }
  return out
}

export function int4s(values: ArrayLike<number>): Buffer {
  const out = fixed(OID.int4, values.length, 4)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 8) out.writeInt32BE(values[i] ?? 0, at)
  return out
}

export function int2s(values: ArrayLike<number>): Buffer {
  const out = fixed(OID.int2, values.length, 2)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 6) out.writeInt16BE(values[i] ?? 0, at)
  return out
}

export function float8s(values: ArrayLike<number>): Buffer {
  const out = fixed(OID.float8, values.length, 8)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 12) out.writeDoubleBE(values[i] ?? 0, at)
  return out
}

/** One ASCII character each: the type "char". */
export function chars(values: readonly string[]): Buffer {
  const out = fixed(OID.char, values.length, 1)
  for (let i = 0, at = HEADER + 4; i < values.length; i++, at += 5) out[at] = (values[i] ?? ' ').charCodeAt(0)
  return out
}

export function texts(values: readonly string[]): Buffer {
  let size = HEADER
  const sizes = values.map((value) => {
    const bytes = Buffer.byteLength(value)
    size += 4 + bytes
    return bytes
  })
  const out = header(OID.text, values.length, size)
  let at = HEADER
  for (let i = 0; i < values.length; i++) {
    at = out.writeInt32BE(sizes[i] ?? 0, at)
    at += out.write(values[i] ?? '', at)
  }
  return out
}

export function byteas(values: readonly Uint8Array[]): Buffer {
  const out = header(OID.bytea, values.length, HEADER + values.reduce((sum, value) => sum + 4 + value.length, 0))
  let at = HEADER
  for (const value of values) {
    at = out.writeInt32BE(value.length, at)
    out.set(value, at)
    at += value.length
  }
  return out
}

/** Header and the lengths of elements of one size; the elements are the caller's to write. */
function fixed(oid: number, count: number, size: number): Buffer {
  const out = header(oid, count, HEADER + count * (4 + size))
  const view = new DataView(out.buffer, out.byteOffset)
  for (let i = 0, at = HEADER; i < count; i++, at += 4 + size) view.setInt32(at, size)
  return out
}

function header(oid: number, count: number, size: number): Buffer {
  const out = Buffer.allocUnsafe(size)
  out.writeInt32BE(1, 0) // dimensions
  out.writeInt32BE(0, 4) // no nulls
  out.writeInt32BE(oid, 8)
  out.writeInt32BE(count, 12)
  out.writeInt32BE(1, 16) // lower bound
  return out
}
