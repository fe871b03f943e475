import { expect } from 'chai'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateNames } from '../../server/patients/evaluate/files.ts'
import { compareNames, levelOf } from '../../server/patients/names/compare.ts'
import { distance } from '../../server/patients/names/distance.ts'
import { isPlaceholder, parseName } from '../../server/patients/names/parse.ts'
import { word } from '../../server/patients/names/sound.ts'
import { dataFolder, hasData } from '../fhir/data.ts'

const texts = (words: readonly { text: string }[]) => words.map(({ text }) => text).join(' ')
const level = (a: string, b: string) => compareNames([parseName({ text: a })], [parseName({ text: b })])

describe('names of patients', () => {
  it('sound alike in Devanagari and Latin letters, with the silent vowels left out', () => {
    const pairs = [
      ['सुनीता', 'Suneeta'], ['रमेश', 'Ramesh'], ['लक्ष्मी', 'Laxmi'], ['लक्ष्मण', 'Lakshman'], ['ज्ञान', 'Gyan'], ['फूलमती', 'Phoolmati'],
      ['बिसाहू', 'Bisahu'], ['कृष्णा', 'Krishna'], ['संतोष', 'Santosh'], ['सन्तोष', 'Santosh'], ['अंबिका', 'Ambika'], ['ज्योति', 'Jyothi'],
      ['देवांगन', 'Dewangan'], ['छाया', 'Chhaya'], ['मोहम्मद', 'Mohd'], ['क़ुरैशी', 'Quraishi'], ['अफ़ज़ल', 'Afzal'], ['सुनीता', 'sunītā'],
      ['अक्षय', 'Akshay'], ['वीरेंद्र', 'Virendra'], ['रूपाली', 'Roopali'], ['आर्यन', 'Aaryan'],
    ] as const // prettier-ignore
    expect(pairs.filter(([a, b]) => levelOf(word(a), word(b)) !== 'same')).to.deep.equal([])
  })

  it('keep apart what is another name', () => {
    const pairs = [
      ['Ramesh', 'Suresh'], ['सुनीता', 'Anita'], ['Mahesh', 'Dinesh'], ['Geeta', 'Sita'], ['Mohan', 'Sohan'], ['राम', 'श्याम'], ['Sahu', 'Verma'],
    ] as const // prettier-ignore
    expect(pairs.filter(([a, b]) => ['same', 'close'].includes(levelOf(word(a), word(b))))).to.deep.equal([])
  })

  it('have one key for the spellings that clerks mix up', () => {
    const groups = [['Lakshmi', 'Laxmi', 'लक्ष्मी'], ['Vijay', 'Bijay', 'विजय'], ['Shanti', 'Santi', 'शांति'], ['Dhruv', 'Dhruw', 'Druv', 'ध्रुव'], ['Zakir', 'Jakir', 'ज़ाकिर'], ['Chhotu', 'Chotu', 'छोटू']] // prettier-ignore
    for (const group of groups) expect(new Set(group.map((name) => word(name).key)), group.join()).to.have.length(1)
  })

  it('are taken apart: honorifics, Bai, Kumar and Mohammad stand aside, relations are found', () => {
    const { given, family, fillers, relative } = parseName({ text: 'Smt. Sunita Bai Sahu W/o Shri Mohan Sahu' })
    expect([texts(given), texts(family), texts(fillers)]).to.deep.equal(['sunita', 'sahu', 'bai'])
    expect(relative).to.deep.include({ kin: 'husband' })
    expect(relative?.name.text).to.equal('mohan')
    expect(texts(parseName({ text: 'Md. Imran Khan' }).given)).to.equal('imran')
    expect(texts(parseName({ text: 'Mohammad Khan' }).given)).to.equal('mohammad')
    expect(texts(parseName({ text: 'श्रीमती सुनीता देवी' }).given)).to.equal('सुनीता')
    expect(parseName({ text: 'सुनीता साहू पत्नी मोहन' }).relative?.name.text).to.equal('मोहन')
    expect(texts(parseName({ given: ['Kumari'], family: 'Sahu' }).given)).to.not.equal('')
    expect(parseName({ text: 'Ram Sahu Jr' }).suffix).to.equal('jr')
  })

  it('that are none are known as placeholders, in both scripts', () => {
    const none = ['Baby of Sunita', 'B/O Sunita', 'baby boy', 'Unknown', 'UNKNOWN MALE', 'Unk', 'बेबी ऑफ सुनीता', 'नवजात शिशु', 'अज्ञात', 'सुनीता का बच्चा', 'Anonymous', 'Test Patient'] // prettier-ignore
    const some = [
      'Babita',
      'Baby Kumari Sahu',
      'Unnati',
      'Nilam',
      'Anonna',
      'Bobby',
      'Abc Kumar',
      'शिशुपाल',
      'Testimony Paul',
    ]
    expect(none.filter((name) => !isPlaceholder(name))).to.deep.equal([])
    expect(some.filter(isPlaceholder)).to.deep.equal([])
    expect(parseName({ text: 'Baby of Sunita' }).given).to.deep.equal([])
  })

  it('are compared in any order, joined or apart, with a missing family name', () => {
    expect(level('Ram Kumar Sahu', 'Ramkumar Sahu')).to.include({ given: 'same', family: 'same' })
    expect(level('Sahu Ramesh', 'Ramesh Sahu')).to.include({ given: 'same', family: 'same', crossed: true })
    expect(level('Ramesh', 'Ramesh Sahu')?.family).to.equal(undefined)
    expect(level('Sunita Bai', 'Sunita Sahu')).to.include({ given: 'same' })
    expect(level('Sunita Bai', 'Sunita Sahu')?.family).to.equal(undefined)
    expect(level('Satishlal Sahu', 'Satish Sahu')).to.include({ given: 'close' })
    expect(level('R Sahu', 'Ramesh Sahu')).to.include({ given: 'initial' })
    expect(level('Rakehs Sahu', 'Rakesh Sahu')?.given).to.be.oneOf(['close', 'slip'])
  })

  it('have a distance that is symmetric, none from themselves, between 0 and 1', () => {
    const sounds = fc.string({ unit: fc.constantFrom(...Array.from('aAeiIouUhkgSCDN_rstmnlyvb')), maxLength: 14 })
    fc.assert(
      fc.property(sounds, sounds, (a, b) => {
        expect(distance(a, a)).to.equal(0)
        expect(distance(a, b)).to.be.within(0, 1)
        expect(distance(a, b)).to.be.closeTo(distance(b, a), 1e-12)
      }),
    )
  })

  it('of a third party are found by key and distance, nine in ten first of all candidates', function () {
    if (!hasData('names-hi-latn')) this.skip()
    const found = evaluateNames(readFileSync(join(dataFolder, 'names-hi-latn/parlikar_dev.tsv'), 'utf8'))
    console.log(`      to Devanagari ${found.toSecond.value}, to Latin ${found.toFirst.value} of ${found.toFirst.of}`)
    expect(found.toSecond.value).to.be.at.least(0.95)
    expect(found.toFirst.value).to.be.at.least(0.95)
  })
})
