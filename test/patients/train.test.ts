import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cityRecords } from '../../server/patients/evaluate/city.ts'
import { evaluateUnseen, febrlRecords } from '../../server/patients/evaluate/files.ts'
import { loadWeights } from '../../server/patients/evaluate/match-eval.ts'
import { readWeights } from '../../server/patients/score/weights.ts'
import { train } from '../../server/patients/train/train.ts'
import { dataFolder, hasData } from '../fhir/data.ts'

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
    this.timeout(60_000)
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
})
