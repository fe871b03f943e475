import { expect } from 'chai'
import { cityRecords } from '../../server/patients/evaluate/city.ts'
import { matchEval, type MatchReport } from '../../server/patients/evaluate/match-eval.ts'
import { share } from '../../server/patients/evaluate/measure.ts'
import { jaroWinkler, levenshtein } from '../../server/patients/evaluate/strings.ts'

/** The short form of `parchi match-eval`: the same city, fewer people, a seed nothing was tuned on. */
describe('evaluation of matching', () => {
  let report: MatchReport
  before(async function () {
    this.timeout(180_000)
    report = await matchEval(2000, 'short-test')
  })

  it('links without asking only what is one person, and finds or asks about the rest', () => {
    const { auto, clustered, worked, withReview, review } = report.ours
    console.log(
      `      auto ${auto.precision.value} / ${auto.recall.value}, clusters ${clustered.precision.value} / ${clustered.recall.value}`,
    )
    console.log(
      `      with review ${withReview.value}, worked through ${worked.value}; asked per record ${review.perRecord}`,
    )
    expect(auto.precision.value).to.be.at.least(0.998)
    expect(clustered.precision.value).to.be.at.least(0.995)
    expect(auto.recall.value).to.be.at.least(0.6)
    expect(worked.value).to.be.at.least(0.95)
    expect(review.perRecord).to.be.below(0.6)
  })

  it('serves women, children, Devanagari alone, Muslim names and shared phones nearly as well', () => {
    const { slices, withReview, auto } = report.ours
    expect(Object.keys(slices)).to.have.members([
      'women',
      'children',
      'devanagari-only',
      'muslim-names',
      'shared-mobiles',
    ])
    for (const [name, slice] of Object.entries(slices)) {
      expect(slice.withReview.value, name).to.be.at.least(withReview.value - 0.05)
      expect(slice.auto.value, name).to.be.at.least(auto.precision.value - 0.05)
    }
  })

  it('is ahead of every baseline', () => {
    const [ours, ...others] = report.methods
    for (const one of report.methods) console.log(`      ${one.method}: P ${one.precision.value} R ${one.recall.value} F1 ${one.f1}, recall at 0.998 ${one.recallAtPrecision998}`) // prettier-ignore
    expect(others.map(({ method }) => method)).to.have.members([
      'exact',
      'ABDM rule',
      'Double Metaphone',
      'Jaro–Winkler Fellegi–Sunter',
    ])
    for (const one of others) {
      expect(ours!.f1, one.method).to.be.above(one.f1)
      expect(ours!.recallAtPrecision998, one.method).to.be.above(one.recallAtPrecision998)
    }
  })

  it('measures on registers that depend on their seed alone, with what makes matching hard', () => {
    const [a, again, b] = ['one', 'one', 'two'].map((seed) => cityRecords(seed, 800))
    expect(a).to.deep.equal(again)
    expect(a).to.not.deep.equal(b)
    const texts = a!.flatMap(({ patient }) => patient.name!.map(({ text }) => text!))
    expect(texts.some((text) => /\b(?:Jr|Sr)\b/i.test(text))).to.equal(true)
    expect(texts.some((text) => /^(?:Baby|B\/o|बेबी)/i.test(text))).to.equal(true)
    expect(texts.filter((text) => /[\u0900-\u097f]/.test(text)).length / texts.length).to.be.within(0.2, 0.6)
    expect(a!.filter(({ patient }) => patient.birthDate?.length === 4).length / a!.length).to.be.within(0.15, 0.6)
  })

  it('counts as statisticians do', () => {
    expect(share(998, 1000)).to.deep.include({ value: 0.998, of: 1000 })
    expect(share(998, 1000).low).to.be.closeTo(0.9927, 0.0005)
    expect(share(1000, 1000).high).to.equal(1)
    expect(jaroWinkler('martha', 'marhta')).to.be.closeTo(0.9611, 0.0001)
    expect(jaroWinkler('dixon', 'dicksonx')).to.be.closeTo(0.8133, 0.0001)
    expect(levenshtein('kitten', 'sitting')).to.equal(3)
  })
})
