import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { score } from '../../server/patients/score/score.ts'
import { cityRecords } from '../../server/patients/evaluate/city.ts'
import { evaluateUnseen, febrlRecords } from '../../server/patients/evaluate/files.ts'
import { loadWeights } from '../../server/patients/evaluate/match-eval.ts'
import { readWeights } from '../../server/patients/score/weights.ts'
import { train, trainOn } from '../../server/patients/train/train.ts'
import { dataFolder, hasData } from '../fhir/data.ts'
import { recordLinkerCases, recordLinkerSeeds } from './record-linker.ts'

describe('training of weights', () => {
  const patients = cityRecords('train-test', 500).map(({ patient }) => patient)
  const template = loadWeights('template-city')

  it('gives the same weights for the same records, and sound ones', () => {
    const weights = train(patients, template)
    expect(train(patients, template)).to.deep.equal(weights)
    expect(readWeights(JSON.parse(JSON.stringify(weights)))).to.deep.equal(weights)
    const { given, birth } = weights.fields
    expect(given!.levels['same']!.self).to.be.above(0.5)
    expect(given!.levels['same']!.self / given!.levels['same']!.stranger).to.be.above(20)
    expect(birth!.levels['day']!.self / birth!.levels['day']!.stranger).to.be.above(100)
    expect(weights.perRecord.self).to.be.within(0.8, 2.2)
  })

  it('learns from a register of other fields, with nobody to say who is who', function () {
    this.timeout(180_000)
    if (!hasData('matching')) this.skip()
    for (const name of ['febrl_dataset1', 'febrl_dataset2']) {
      const records = febrlRecords(readFileSync(join(dataFolder, `matching/${name}.csv`), 'utf8'))
      const { evenOdds } = evaluateUnseen(records, loadWeights('template-general'))
      console.log(
        `      ${name}: precision ${evenOdds.precision.value}, recall ${evenOdds.recall.value}, F1 ${evenOdds.f1}`,
      )
      expect(evenOdds.f1).to.be.at.least(0.97)
    }
  })

  it('of another register links none of the pairs its owners keep apart, and finds or links all they join', function () {
    this.timeout(180_000)
    if (!hasData('matching')) this.skip()
    const cases = [...recordLinkerCases('nbs'), ...recordLinkerCases('sample')]
    const list = [...recordLinkerSeeds(), ...cases.map(({ incoming }) => incoming)].map(featuresOf)
    const weights = trainOn(list, loadWeights('template-general'))
    const counts = { match: { linked: 0, asked: 0, apart: 0 }, no_match: { linked: 0, asked: 0, apart: 0 } }
    for (const { incoming, known, expected } of cases) {
      if (expected !== 'match' && expected !== 'no_match') continue
      const { weight, guards } = score(featuresOf(incoming), featuresOf(known), weights)
      counts[expected][weight <= 0 ? 'apart' : guards.length > 0 ? 'asked' : 'linked']++
    }
    console.log(`      match ${JSON.stringify(counts.match)}, no match ${JSON.stringify(counts.no_match)}`)
    expect(counts.no_match.linked).to.equal(0)
    expect(counts.match.apart).to.equal(0)
    expect(counts.match.linked).to.be.above(2 * counts.match.asked)
  })
})
