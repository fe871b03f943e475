import { expect } from 'chai'
import { fromKrutiDev } from '../../../mappers/read/krutidev.ts'
import { readAddress } from '../../../mappers/values/addresses.ts'
import { halvesOf, readAge } from '../../../mappers/values/ages.ts'
import { makeDateReader, readTime } from '../../../mappers/values/dates.ts'
import { readDose } from '../../../mappers/values/doses.ts'
import { readAbha, readIdentifier, readPin } from '../../../mappers/values/identifiers.ts'
import { readMeasure, readRange } from '../../../mappers/values/measures.ts'
import { readName, readRelation } from '../../../mappers/values/names.ts'
import { readPhones } from '../../../mappers/values/phones.ts'
import { readList, readPrescription } from '../../../mappers/values/prescriptions.ts'
import { sexOf } from '../../../mappers/values/sexes.ts'
import { ucumOf } from '../../../mappers/values/units.ts'

const readDate = makeDateReader('day-first')

/** All that reads a cell as its sender wrote it. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  readAddress,
  readAge,
  halvesOf,
  readDate: (text) => readDate(text, Date.now()),
  readTime,
  readDose,
  readIdentifier,
  readAbha,
  readPin,
  readMeasure,
  'readMeasure, unit': (text) => readMeasure('1', text),
  readRange,
  readName,
  readRelation: (text) => readRelation(text, 'father'),
  readPhones,
  readPrescription,
  readList,
  sexOf,
  ucumOf,
  fromKrutiDev,
}

const pieces = [' ', '.', '-', ',', '1', '1 ', '1-', 'a', 'a ', '"', 'f', '98', 'tab ', '12/11/', '9826044000 ']

describe('A cell as long as a file may have', function () {
  // read in proportion to the square of its length, one of them takes minutes
  this.timeout(300_000)
  for (const [name, read] of Object.entries(readers)) {
    it(`is read by ${name} without holding up everybody else`, () => {
      for (const piece of pieces) for (const end of ['', '!', '1']) read(piece.repeat(250_000 / piece.length) + end)
    })
  }

  it('is still what it is, where it is not too long for that', () => {
    expect(readMeasure(`${' '.repeat(600)}12.5 `).value).to.deep.include({ number: '12.5' })
    expect(readMeasure('word '.repeat(300)).value).to.deep.equal({ text: 'word '.repeat(300).trim() })
    expect(fromKrutiDev('jke dqekj')).to.equal('राम कुमार')
  })
})
