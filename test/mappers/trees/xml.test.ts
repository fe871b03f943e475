import { expect } from 'chai'
import { textOf, type XmlNode } from '../../../mappers/read/xml/node.ts'
import { compilePath } from '../../../mappers/read/xml/path.ts'
import { SpecFault } from '../../../mappers/read/source.ts'
import { ask, outline, readAll, xml } from './reading.ts'

describe('xml source', () => {
  const visits = { records: 'visits/visit' }

  describe('records', () => {
    it('takes the whole document, or the elements that source.records names, with their physical lines', async () => {
      const text = '<visits>\n<visit><id>1</id></visit>\n\n<visit id="2"/>\n<other><visit/></other></visits>'
      expect(outline(await readAll(xml(), text))).to.deep.equal(['1:ok'])
      expect(outline(await readAll(xml(visits), text))).to.deep.equal(['2:ok', '4:ok'])
    })

    it('keeps what was sent of each record', async () => {
      const text =
        '<?xml version="1.0"?>\r\n<v:visits xmlns:v="urn:v">\r\n <v:visit\r\n id="1">R&amp;D</v:visit ><v:visit/></v:visits>'
      const { units } = await readAll(xml(visits), text)
      expect(units.map(({ raw }) => raw())).to.deep.equal(['<v:visit\r\n id="1">R&amp;D</v:visit >', '<v:visit/>'])
    })

    it('leaves prefixes out', async () => {
      const text =
        '<s:Envelope xmlns:s="urn:s" xmlns="urn:d"><s:Body><r:rec xmlns:r="urn:r" r:id="7"><name>Ram</name></r:rec></s:Body></s:Envelope>'
      expect(await ask(xml({ records: 's:Envelope/Body/rec' }), text, '@id')).to.deep.equal(['7'])
    })

    it('reads mixed content, CDATA and entities as one text', async () => {
      expect(await ask(xml(), '<a> x <b>y</b>\n <![CDATA[<z>]]> &amp;&#x939;</a>', '.')).to.have.length(1)
      expect(String((await ask(xml(), '<a> x <b>y</b>\n <![CDATA[<z>]]> &amp;&#x939;</a>', '.'))[0])).to.equal(
        'x y <z> &ह',
      )
    })

    it('has no records in an empty list, and says when there is no such list', async () => {
      expect(outline(await readAll(xml(visits), '<visits></visits>'))).to.deep.equal([])
      expect(outline(await readAll(xml(visits), '<visit></visit>'))).to.deep.equal(['stop:FILE_FORMAT'])
      expect(outline(await readAll(xml(), ' \n'))).to.deep.equal(['stop:FILE_EMPTY'])
      expect(outline(await readAll(xml(), '{"a":1}'))).to.deep.equal(['stop:FILE_FORMAT'])
    })

    it('forgives blanks before the declaration', async () => {
      expect(outline(await readAll(xml(visits), '\n\n<?xml version="1.0"?>\n<visits><visit/></visits>'))).to.deep.equal(
        ['4:ok'],
      )
    })
  })

  describe('encodings', () => {
    const text = (encoding: string, name: string) => `<?xml version="1.0" encoding="${encoding}"?><a>${name}</a>`

    it('believes the declaration', async () => {
      const bytes = Buffer.from(text('ISO-8859-1', 'José'), 'latin1')
      const { units } = await readAll(xml(), [bytes])
      expect(units.map(({ item }) => textOf(item?.node as XmlNode))).to.deep.equal(['José'])
    })

    it('believes the bytes where the declaration cannot be true', async () => {
      const utf16 = Buffer.from(`\uFEFF${text('utf-16', 'सीता')}`, 'utf16le')
      for (const bytes of [utf16, Buffer.from(text('utf-16', 'सीता')), Buffer.from(text('no-such', 'सीता'))]) {
        const { units } = await readAll(xml(), [bytes])
        expect(units.map(({ item }) => textOf(item?.node as XmlNode))).to.deep.equal(['सीता'])
      }
    })
  })

  describe('a broken record', () => {
    for (const [what, broken] of [
      ['a bare ampersand', '<visit>R & D</visit>'],
      ['a bare less-than sign', '<visit><v><0.01</v></visit>'],
      ['an entity of HTML', '<visit>&nbsp;</visit>'],
      ['an element left open', '<visit><name>Ram</visit>'],
      ['a closing tag too many', '<visit></name></visit>'],
      ['an attribute without quotes', '<visit id=2></visit>'],
      ['a control character', '<visit>\u0001</visit>'],
    ] as const) {
      it(`costs only itself: ${what}`, async () => {
        const outcome = await readAll(xml(visits), `<visits><visit>1</visit>\n${broken}\n<visit>3</visit></visits>`)
        expect(outline(outcome)).to.deep.equal(['1:ok', '2:FILE_FORMAT', '3:ok'])
        expect(outcome.units[1]?.raw()).to.equal(broken)
        expect(outcome.units[1]?.issues[0]).to.include({ level: 'error', line: 2 })
      })
    }

    it('costs only itself when it is never closed, and lists may hold elements of its name', async () => {
      const text = '<visits><visit>1</visit>\n<visit>2\n<visit>3</visit>\n<visit><visits/><visit/>4</visit></visits>'
      expect(outline(await readAll(xml(visits), text))).to.deep.equal(['1:ok', '2:FILE_FORMAT', '3:ok', '4:ok'])
    })

    it('keeps the records before the place where a file was cut off', async () => {
      expect(outline(await readAll(xml(visits), '<visits><visit>1</visit><visit><na'))).to.deep.equal([
        '1:ok',
        '1:FILE_FORMAT',
      ])
      const between = await readAll(xml(visits), '<visits><visit>1</visit>')
      expect(outline(between)).to.deep.equal(['1:ok'])
      expect(between.seen.issues.map(({ code }) => code)).to.deep.equal(['FILE_FORMAT'])
    })

    it('says nothing of its content', async () => {
      const outcome = await readAll(xml(visits), '<visits><visit>&Sunita;</visit><visit></Sunita></visit></visits>')
      for (const { issues } of outcome.units) expect(JSON.stringify(issues)).not.to.contain('Sunita')
    })
  })

  describe('limits', () => {
    it('stops at a DOCTYPE, before anything in it counts', async () => {
      const bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
      expect(outline(await readAll(xml(), bomb))).to.deep.equal(['stop:LIMIT_ENTITY'])
      expect(outline(await readAll(xml(), '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'))).to.deep.equal([
        'stop:LIMIT_ENTITY',
      ])
    })

    it('stops at nesting without end, a huge text or attribute, too many records', async () => {
      expect(outline(await readAll(xml(), '<a>'.repeat(5000)))).to.deep.equal(['stop:LIMIT_DEPTH'])
      const tight = { maxCell: 1000 }
      for (const text of [`<a>${'x'.repeat(5000)}</a>`, `<a b="${'x'.repeat(5000)}"/>`, `<a><!--${'x'.repeat(5000)}`]) {
        expect(outline(await readAll(xml({}, tight), text))).to.deep.equal(['stop:LIMIT_CELL'])
      }
      const many = `<visits>${'<visit/>'.repeat(3)}</visits>`
      expect(outline(await readAll(xml(visits, { maxRecords: 2 }), many))).to.deep.equal([
        '1:ok',
        '1:ok',
        'stop:LIMIT_RECORDS',
      ])
    })
  })

  describe('paths', () => {
    const text = `<visit id="v1"><patient><name>राम</name><name use="old">Ramu</name></patient>
      <section><templateId root="1.2"/><templateId root="1.3"/><entry code="a">A</entry></section>
      <section><templateId root="2.2"/><entry code="b">B</entry><entry code="c"><x>C</x></entry></section><empty/></visit>`
    for (const [path, answer] of [
      ['@id', 'v1'],
      ['patient/name', ['राम', 'Ramu']],
      ['patient/name[1]', 'राम'],
      ['patient/name[2]', 'Ramu'],
      ['patient/name[3]', undefined],
      ['patient/name[@use]', 'Ramu'],
      ['patient/name[@use="old"]', 'Ramu'],
      ['patient/name[@use!="old"]', 'राम'],
      ['/patient/name[1]', 'राम'],
      ['section[templateId/@root="1.3"]/entry', 'A'],
      ['section[templateId/@root="2.2"]/entry[@code="c"]/x', 'C'],
      ['section[entry/x="C"]/entry[1]', 'B'],
      ['section[templateId/@root="1.2"][templateId/@root="1.3"]/entry/@code', 'a'],
      ['//entry/@code', ['a', 'b', 'c']],
      ['.//x', 'C'],
      ['*/entry/@code', ['a', 'b', 'c']],
      ['empty', ''],
      ['nothing/at/all', undefined],
      ['patient/@nothing', undefined],
    ] as const) {
      it(`${path} answers ${JSON.stringify(answer)}`, async () => {
        expect(await ask(xml(), text, path)).to.deep.equal([answer])
      })
    }

    it('is relative inside an each, and from the record with /', async () => {
      const source = xml()
      const each = source.each({ kind: 'path', path: 'section/entry' })
      const { units } = await readAll(source, text)
      const items = each.items(units[0]?.item as never)
      expect(items.map(source.path('@code', each.within))).to.deep.equal(['a', 'b', 'c'])
      expect(items.map(source.path('/@id', each.within))).to.deep.equal(['v1', 'v1', 'v1'])
    })

    it('refuses paths that mean nothing', () => {
      for (const path of ['', 'a//b', 'a[', 'a]', 'a[x', '..', 'a/../b', '@id/x', 'a[0]', 'a b', 'a[1]x', '/a/']) {
        expect(() => compilePath(path, false), path).to.throw(SpecFault)
      }
      expect(() => compilePath('//a', true)).to.throw(SpecFault)
    })
  })
})
