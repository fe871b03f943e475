import type { Bundle, Patient, Resource } from '@medplum/fhirtypes'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateNames, evaluateUnseen, febrlRecords } from '../patients/evaluate/files.ts'
import { loadWeights, matchEval, matchTrain } from '../patients/evaluate/match-eval.ts'
import { train } from '../patients/train/train.ts'

/**
 * `match-eval [--people=50000] [--seed=test]`: the weights in force on a made-up city, beside other methods.
 * `match-eval --febrl=<csv>`: weights trained on that file without its labels. `match-eval --names=<tsv>`: name look-up.
 */
export async function matchEvalCommand(words: readonly string[]): Promise<object> {
  const [febrl, names] = [option(words, 'febrl'), option(words, 'names')]
  if (febrl !== undefined)
    return evaluateUnseen(febrlRecords(readFileSync(febrl, 'utf8')), loadWeights('template-general'))
  if (names !== undefined) return evaluateNames(readFileSync(names, 'utf8'))
  return matchEval(Number(option(words, 'people') ?? 50_000), option(words, 'seed') ?? 'test')
}

/**
 * `match-train [--template=city|general] [--out=<file>] [files or folders]`: weights from the Patients in JSON or NDJSON
 * files, which nobody needs to label; without files from the made-up city. The thresholds are the template's.
 */
export async function matchTrainCommand(words: readonly string[]): Promise<object> {
  const template = loadWeights(option(words, 'template') === 'general' ? 'template-general' : 'template-city')
  const paths = words.filter((word) => !word.startsWith('--'))
  const weights =
    paths.length > 0
      ? train(paths.flatMap(patientsIn), template)
      : matchTrain(Number(option(words, 'people') ?? 50_000), template)
  const out = option(words, 'out')
  if (out === undefined) return weights
  writeFileSync(out, `${JSON.stringify(weights, null, 2)}\n`)
  return { written: out, records: weights.records, perRecord: weights.perRecord }
}

function option(words: readonly string[], name: string): string | undefined {
  return words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
}

function patientsIn(path: string): Patient[] {
  if (statSync(path).isDirectory())
    return readdirSync(path)
      .sort()
      .flatMap((name) => patientsIn(join(path, name)))
  if (!/\.(?:nd)?json$/.test(path)) return []
  const text = readFileSync(path, 'utf8')
  const lines = path.endsWith('.ndjson') ? text.split('\n').filter((line) => line.trim() !== '') : [text]
  return lines.flatMap((line) => patientsOf(JSON.parse(line) as Resource))
}

function patientsOf(resource: Resource): Patient[] {
  if (resource.resourceType === 'Patient') return [resource]
  if (resource.resourceType !== 'Bundle') return []
  const { entry = [] } = resource as Bundle
  return entry.flatMap(({ resource: inner }) => (inner ? patientsOf(inner) : []))
}
