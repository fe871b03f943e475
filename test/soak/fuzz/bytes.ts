import type { Random } from '../../../fixtures/city/random.ts'

/** The text as bytes, mostly as it should be, sometimes torn, flipped or in another encoding. */
export function mutateBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text)
  if (random.chance(0.9)) return bytes
  return random.pick(breaks)(bytes, text, random)
}

const breaks: readonly ((bytes: Buffer, text: string, random: Random) => Buffer)[] = [
  (bytes, _, random) => bytes.subarray(0, random.int(0, bytes.length)),
  (bytes, _, random) => flip(bytes, random),
  (bytes, _, random) => Buffer.concat([bytes, Buffer.from(random.pick(['}', ']', ',', '\u0000', 'x', '{}']))]),
  (_, text) => Buffer.from(text, 'utf16le'),
  (bytes) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  (bytes, _, random) => insert(bytes, Buffer.from([0xff, 0xfe, 0xc0, 0x80]), random),
  (bytes, _, random) => insert(bytes, Buffer.from('\u0000'), random),
  (_, text, random) =>
    Buffer.from(
      text.replace(
        /:\s*(-?\d+(\.\d+)?|"[^"]*")/,
        `: ${random.pick(['1e999', '-1e999', '1.10', '01', '0x1', '1e-999', '9'.repeat(500), 'NaN', '+1', '1.', "'x'", '"\\ud800"', '"\\u0000"', '"\\x"'])}`,
      ),
    ),
  (_, text) => Buffer.from(`${'['.repeat(20_000)}${text}${']'.repeat(20_000)}`),
  (_, text) => Buffer.from(text.replace('{', '{"resourceType":"Patient",')),
  (_, text) => Buffer.from(text.replaceAll('"', "'")),
  () => Buffer.alloc(0),
  () => Buffer.from('<Patient xmlns="http://hl7.org/fhir"><id value="x"/></Patient>'),
]

function flip(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes)
  for (let i = random.int(1, 8); i > 0 && copy.length > 0; i--)
    copy[random.int(0, copy.length - 1)] = random.int(0, 255)
  return copy
}

function insert(bytes: Buffer, what: Buffer, random: Random): Buffer {
  const at = random.int(0, bytes.length)
  return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)])
}
