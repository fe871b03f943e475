import type { ResourceType } from '@medplum/fhirtypes'
import { rid } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'

/** A version that a record made: 16 bytes in record.made. */
export interface MadeVersion {
  readonly type: number
  readonly rid: bigint
  readonly version: number
  readonly mapping: number
}

export function packVersions(made: readonly MadeVersion[]): Buffer {
  const out = Buffer.alloc(made.length * 16)
  made.forEach(({ type, rid: key, version, mapping }, i) => {
    out.writeInt16BE(type, i * 16)
    out.writeInt16BE(mapping, i * 16 + 2)
    out.writeInt32BE(version, i * 16 + 4)
    out.writeBigInt64BE(key, i * 16 + 8)
  })
  return out
}

export function unpackVersions(bytes: Buffer | null): MadeVersion[] {
  const made: MadeVersion[] = []
  for (let at = 0; bytes && at + 16 <= bytes.length; at += 16) {
    made.push({
      type: bytes.readInt16BE(at),
      mapping: bytes.readInt16BE(at + 2),
      version: bytes.readInt32BE(at + 4),
      rid: bytes.readBigInt64BE(at + 8),
    })
  }
  return made
}

/** A resource by type and row key: 10 bytes in record_key.made. */
export interface Own {
  readonly type: number
  readonly rid: bigint
}

export function packOwn(own: readonly Own[]): Buffer {
  const out = Buffer.alloc(own.length * 10)
  own.forEach(({ type, rid: key }, i) => {
    out.writeInt16BE(type, i * 10)
    out.writeBigInt64BE(key, i * 10 + 2)
  })
  return out
}

export function unpackOwn(bytes: Buffer | null): Own[] {
  const own: Own[] = []
  for (let at = 0; bytes && at + 10 <= bytes.length; at += 10) {
    own.push({ type: bytes.readInt16BE(at), rid: bytes.readBigInt64BE(at + 2) })
  }
  return own
}

/** `Patient/p1` → its type and row key. */
export function ownOf(reference: string): Own {
  const slash = reference.indexOf('/')
  const [type, id] = [reference.slice(0, slash), reference.slice(slash + 1)]
  return { type: typeNumber(type as ResourceType), rid: rid(type, id) }
}
