import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { alone, linked } from '../intake/alone.ts'
import { sendMllp } from '../load/mllp.ts'
import type { Measure } from '../measure.ts'

/** Hospitals of mappers/facilities: MSH-3 and MSH-4. */
const hospitals = [
  ['AMHB', 'IN2297027243'],
  ['AMHK', 'IN2297024216'],
  ['MHT', 'IN2297029261'],
  ['GMCH', 'IN2297001009'],
] as const

/** Connections of each hospital. */
const EACH = 2

/** Admissions over MLLP, the next one when the one before is acknowledged: all in the database when they are. */
export const mllp: Measure = {
  name: 'mllp',
  async run(bench) {
    const port = await freePort()
    return alone(bench, { MLLP_PORT: String(port) }, async (server) => {
      const { idle } = server
      const turn = async (from: number, each: number) => {
        const messages = hospitals.flatMap((hospital, h) =>
          Array.from({ length: EACH }, (_, c) =>
            Array.from({ length: each }, (_, i) => admission(hospital, from + (h * EACH + c) * each + i)),
          ),
        )
        const before = performance.now()
        const { seconds, refused } = await sendMllp({ port, messages })
        if (refused > 0) throw new Error(`${refused} messages were not accepted.`)
        await idle()
        return {
          acknowledged: (messages.length * each) / seconds,
          whole: (messages.length * each * 1000) / (performance.now() - before),
        }
      }
      await turn(0, 100)
      await linked(server)
      const { acknowledged, whole } = await turn(100_000, bench.quick ? 200 : 600)
      const delay = await linked(server)
      const what = `ADT over MLLP, ${hospitals.length * EACH} connections`
      return [
        {
          measure: `${what}, acknowledged after commit`,
          value: acknowledged,
          unit: 'messages/s',
          bar: { of: 'value', least: 300 },
        },
        {
          measure: `${what}, processed`,
          value: whole,
          unit: 'messages/s',
          note: 'patients, visits and diagnoses in the database',
        },
        { measure: `${what}, patients linked after that`, value: delay, unit: 's', note: 'all of one name' },
      ]
    })
  },
}

function admission([application, facility]: (typeof hospitals)[number], i: number): string {
  const at = `202611${String(1 + (i % 20)).padStart(2, '0')}${String(9 + (i % 9)).padStart(2, '0')}${String(10 + (i % 50))}00+0530`
  const doctor = `${facility}-med-${i % 5}^Sahu^Santosh^^^Dr.`
  return [
    `MSH|^~\\&|${application}|${facility}|PARCHI|CITY|${at}||ADT^A04^ADT_A01|B${i}|P|2.5.1|||AL|NE|IND|UNICODE UTF-8`,
    `EVN|A04|${at}`,
    `PID|1||${i}^^^${application}^MR||Bai^Sunita^^^Smt.^^L||19${60 + (i % 40)}0412|F|||H.No. ${i % 300}, Ward 51^^Raipur^Chhattisgarh^493225^IND^H||+9161${10_000_000 + i}^PRN^CP`,
    `PV1|1|O|MED||||${doctor}|||MED|||||||||V${i}^^^${application}^VN|||||||||||||||||||||||||${at}`,
    `DG1|1||R50.9^Fever, unspecified^I10||${at}|W`,
    '',
  ].join('\r')
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
