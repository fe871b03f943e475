import { expect } from 'chai'
import { parsePath } from '../../../mappers/read/json/grammar.ts'
import { Records } from '../../../mappers/read/json/records.ts'
import { SpecFault } from '../../../mappers/read/source.ts'
import { heapHeld } from '../../harness/heap.ts'
import { ask, json, outline, readAll } from './reading.ts'

describe('json source', () => {
  describe('records', () => {
    it('takes one object as one record', async () => {
      expect(await ask(json(), '{"a":1}', 'a')).to.deep.equal(['1'])
    })

    it('takes the elements of a list as records, with their physical lines', async () => {
      expect(outline(await readAll(json(), '[\n {"a":1},\n\n {"a":2}]'))).to.deep.equal(['2:ok', '4:ok'])
    })

    it('takes one value a line as JSON lines', async () => {
      expect(outline(await readAll(json(), '{"a":1}\n\n{"a":2}\r\n{"a":3}\n'))).to.deep.equal(['1:ok', '3:ok', '4:ok'])
    })

    it('takes several objects one after the other, laid out as they like', async () => {
      expect(await ask(json(), '{\n "a":1\n}\n{\n "a":2\n} {"a":3}', 'a')).to.deep.equal(['1', '2', '3'])
    })

    it('finds the list at source.records and only follows what stands around it', async () => {
      const text =
        '{"meta":{"visits":[{"a":9}],"n":[1,"x"]},"data":{"x":"}]","visits":[{"a":1},{"a":2}]},"visits":[{"a":8}]}'
      expect(await ask(json({ records: 'data.visits[*]' }), text, 'a')).to.deep.equal(['1', '2'])
      expect(await ask(json({ records: 'data.visits' }), text, 'a')).to.deep.equal(['1', '2'])
    })

    it('takes a single object for a list of one, and lists in lists', async () => {
      expect(await ask(json({ records: 'visits[*]' }), '{"visits":{"a":1}}', 'a')).to.deep.equal(['1'])
      expect(
        await ask(
          json({ records: 'days[*].visits[*]' }),
          '{"days":[{"visits":[{"a":1}]},{"visits":[{"a":2},{"a":3}]}]}',
          'a',
        ),
      ).to.deep.equal(['1', '2', '3'])
    })

    it('reads names that are written with escapes', async () => {
      expect(await ask(json({ records: 'दिन' }), '{"\\u0926\\u093f\\u0928":[{"a":1}]}', 'a')).to.deep.equal(['1'])
    })

    it('has no records in an empty list, and says when there is no such list', async () => {
      expect(outline(await readAll(json({ records: 'visits[*]' }), '{"visits":[]}'))).to.deep.equal([])
      expect(outline(await readAll(json({ records: 'visits[*]' }), '{"visit":[]}'))).to.deep.equal(['stop:FILE_FORMAT'])
      expect(outline(await readAll(json(), ' \n'))).to.deep.equal(['stop:FILE_EMPTY'])
    })

    it('stops at what is no JSON at all', async () => {
      expect(outline(await readAll(json(), '<html><body>503</body></html>'))).to.deep.equal(['stop:FILE_FORMAT'])
      expect(outline(await readAll(json(), 'UHID,Name\n1,Ram'))).to.deep.equal(['stop:FILE_FORMAT'])
      expect(outline(await readAll(json({ records: 'a' }), '{"b":[1}}'))).to.deep.equal(['stop:FILE_FORMAT'])
    })
  })

  describe('a broken record', () => {
    const inList = (broken: string) => `[{"id":1,"n":"a"},${broken},{"id":3,"n":"c"},{"id":4,"n":"d"}]`

    for (const [what, broken] of [
      ['a comma too many', '{"id":2,"n":"b",}'],
      ['single quotes', `{'id':2}`],
      ['NaN', '{"id":2,"n":NaN}'],
      ['a name twice', '{"id":2,"id":3}'],
      ['a missing comma', '{"id":2 "n":"b"}'],
      ['a missing quotation mark', '{"id":2,"n":"b}'],
      ['a missing bracket', '{"id":2,"n":["b"}'],
      ['a missing brace', '{"id":2,"n":"b"'],
      ['a string instead', '"two"'],
    ] as const) {
      it(`costs only itself in a list: ${what}`, async () => {
        const outcome = await readAll(json(), inList(broken))
        expect(outline(outcome)).to.deep.equal(['1:ok', '1:FILE_FORMAT', '1:ok', '1:ok'])
        expect(outcome.units[1]?.issues[0]?.level).to.equal('error')
      })
    }

    it('costs only itself in a list that is laid out, at the line of the fault', async () => {
      const text =
        '[\n  {\n    "id": 1,\n    "n": [\n      {"id": 7},\n      {"id": 8}]\n  },\n  {\n    "id": 2,\n    "n": "b\n  },\n  {\n    "id": 3\n  }\n]'
      const outcome = await readAll(json(), text)
      expect(outline(outcome)).to.deep.equal(['2:ok', '8:FILE_FORMAT', '12:ok'])
      expect(outcome.units[1]?.issues[0]?.line).to.equal(10)
    })

    it('costs only its line in JSON lines', async () => {
      expect(outline(await readAll(json(), '{"a":1}\n{"a":"x}\n{"a":{}\n{"a":4}'))).to.deep.equal([
        '1:ok',
        '2:FILE_FORMAT',
        '3:FILE_FORMAT',
        '4:ok',
      ])
    })

    it('never takes a nested object for the next record', async () => {
      const outcome = await readAll(
        json(),
        '[{"id":1,"rx":[{"id":5},{"id":6}]},{"id":2,"n":"b,"rx":[{"id":7},{"id":8}]},{"id":3}]',
      )
      expect(outline(outcome)).to.deep.equal(['1:ok', '1:FILE_FORMAT'])
    })

    it('keeps the records before the place where a file was cut off', async () => {
      const outcome = await readAll(json({ records: 'v' }), '{"v":[{"a":1},{"a":')
      expect(outline(outcome)).to.deep.equal(['1:ok', '1:FILE_FORMAT'])
      const between = await readAll(json({ records: 'v' }), '{"v":[{"a":1},')
      expect(outline(between)).to.deep.equal(['1:ok'])
      expect(between.seen.issues.map(({ code }) => code)).to.deep.equal(['FILE_FORMAT'])
    })
  })

  describe('limits', () => {
    it('stops at nesting without end, a huge string, too many records', async () => {
      const deep = '['.repeat(5000) + ']'.repeat(5000)
      expect(outline(await readAll(json(), `[{"a":${deep}}]`))).to.deep.equal(['stop:LIMIT_DEPTH'])
      expect(outline(await readAll(json(), `{"a":${deep}}\n{"a":1}`))).to.deep.equal(['stop:LIMIT_DEPTH'])
      expect(outline(await readAll(json(), `{"a":1}\n{"a":${deep}}`))).to.include('stop:LIMIT_DEPTH')
      const long = JSON.stringify({ a: 'x'.repeat(2000) })
      expect(outline(await readAll(json({}, { maxCell: 1000 }), `[${long}]`))).to.deep.equal(['stop:LIMIT_CELL'])
      expect(outline(await readAll(json({}, { maxCell: 1000 }), `{}\n${long}`))).to.deep.equal([
        '1:ok',
        'stop:LIMIT_CELL',
      ])
      expect(outline(await readAll(json({}, { maxRecords: 2 }), '[{},{},{}]'))).to.include('stop:LIMIT_RECORDS')
    })

    it('holds no more than the record at hand', () => {
      const records = new Records([], { depth: 100, string: 1e6, record: 1e6 })
      const piece = Array.from({ length: 100 }, (_, i) => `{"id":${i},"name":"Ram","rx":[{"d":"x"}]},`).join('')
      let count = records.push('[').length
      const before = heapHeld()
      for (let i = 0; i < 2000; i++) count += records.push(piece).length
      expect(count).to.equal(200_000)
      expect(heapHeld() - before).to.be.below(20e6)
    })
  })

  describe('paths', () => {
    const record = {
      patient: { name: 'राम', 'First.Name': 'Ram', phones: ['98', '97'] },
      items: [
        { type: 'drug', name: 'PCM', rx: { n: 1 } },
        { type: 'lab', name: 'Hb', rx: { n: 2 } },
        { type: 'drug', name: 'ORS' },
      ],
      one: { type: 'drug', name: 'X' },
      blank: '',
      none: null,
      yes: true,
    }
    const text = JSON.stringify(record)
    for (const [path, answer] of [
      ['patient.name', 'राम'],
      ['patient["First.Name"]', 'Ram'],
      ['$.patient.name', 'राम'],
      ['patient.phones', ['98', '97']],
      ['patient.phones[1]', '97'],
      ['patient.phones[2]', undefined],
      ['items[*].name', ['PCM', 'Hb', 'ORS']],
      ['items.name', ['PCM', 'Hb', 'ORS']],
      ['items[?type=drug].name', ['PCM', 'ORS']],
      ['items[?type="lab"].name', 'Hb'],
      ['items[?type!=drug].name', 'Hb'],
      ['items[?rx.n=2].name', 'Hb'],
      ['items[?type=drug][0].name', ['PCM', 'ORS']],
      ['one[*].name', 'X'],
      ['one[0].name', 'X'],
      ['one[?type=drug].name', 'X'],
      ['blank', ''],
      ['none', undefined],
      ['none.x', undefined],
      ['yes', true],
      ['nothing.at.all', undefined],
      ['constructor', undefined],
    ] as const) {
      it(`${path} answers ${JSON.stringify(answer)}`, async () => {
        expect(await ask(json(), text, path)).to.deep.equal([answer])
      })
    }

    it('answers numbers as they were sent', async () => {
      const sent = '{"a":1.10,"b":12345678901234567890,"c":[1e2,-0],"d":9827112345}'
      expect(await ask(json(), sent, 'a')).to.deep.equal(['1.10'])
      expect(await ask(json(), sent, 'b')).to.deep.equal(['12345678901234567890'])
      expect(await ask(json(), sent, 'c')).to.deep.equal([['1e2', '-0']])
      expect(await ask(json(), sent, 'd')).to.deep.equal(['9827112345'])
    })

    it('is relative inside an each, and from the record with $.', async () => {
      const source = json()
      const each = source.each({ kind: 'path', path: 'items[?type=drug]' })
      const name = source.path('name', each.within)
      const patient = source.path('$.patient.name', each.within)
      const { units } = await readAll(source, text)
      const items = each.items(units[0]?.item as never)
      expect(items.map(name)).to.deep.equal(['PCM', 'ORS'])
      expect(items.map(patient)).to.deep.equal(['राम', 'राम'])
    })

    it('refuses paths that mean nothing', () => {
      for (const path of ['', 'a..b', 'a[', 'a[x]', 'a[0]b', 'a.', 'a[]', '.a']) {
        expect(() => parsePath(path), path).to.throw(SpecFault)
      }
    })
  })
})
