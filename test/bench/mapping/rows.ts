/** The facility file of the comparison: 25 columns that come to a patient, a visit and up to four medicines. */
export const facilityFile = `
facility: bench
organization: { hfr: IN2297001009, name: Bench Clinic }
source: { kind: csv, dates: day-first }
record: { key: [OPD No] }
bind:
  patient.localId: { from: UHID, need: record }
  patient.name: { from: Name, need: record }
  patient.birth: { from: Age, as: { age-at: Date } }
  patient.sex: { from: Sex, as: { code: sex } }
  patient.phones: Mobile
  patient.address: Address
  visit.id: { from: OPD No, need: record }
  visit.class: { const: outpatient }
  visit.status: { const: finished }
  visit.at: { from: [Date, Time], join: ' ', as: { datetime: ['d/M/yyyy HH:mm'] }, need: record }
  visit.department: Department
  visit.complaint: Complaint
  visit.room: Room
  visit.token: Token
  medication:
    each: { columns: 1..4, stopIfBlank: 'Medicine {n}' }
    drug: { from: 'Medicine {n}', as: { code: drug } }
    dose: 'Dose {n}'
    days: 'Days {n}'
codes:
  sex: { M: male, F: female, O: other }
  drug:
    Paracetamol 500: drug|pcm500
    Amoxicillin 500: drug|amx500
    Cetirizine 10: drug|cet10
    ORS: drug|ors
    Pantoprazole 40: drug|pan40
`

const medicines = [1, 2, 3, 4].flatMap((n) => [`Medicine ${n}`, `Dose ${n}`, `Days ${n}`])

export const header = 'UHID,OPD No,Name,Age,Sex,Mobile,Address,Date,Time,Department,Complaint,Room,Token'
  .split(',')
  .concat(medicines)

const first = ['Geeta', 'Ramesh', 'Sunita', 'Mohan', 'Asha', 'Vijay', 'Lata', 'Imran', 'Kavita', 'Deepak', 'Nirmala']
const last = ['Devi', 'Sahu', 'Verma', 'Yadav', 'Patel', 'Khan', 'Nishad', 'Dewangan', 'Tiwari']
const initials = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
const departments = ['General Medicine', 'Eye', 'ENT']
const complaints = ['Fever since 3 days', 'Cough', 'Pain in abdomen', 'Itching over both arms']
const drugs = ['Paracetamol 500', 'Amoxicillin 500', 'Cetirizine 10', 'ORS', 'Pantoprazole 40']
const doses = ['1-0-1', 'BD', 'TDS', '1-1-1', 'OD']

/** The i-th row of a register; the same each time. */
export function row(i: number): readonly string[] {
  const count = (i % 4) + (i % 4 === 3 ? 0 : 1)
  const patient = (i * 7) % 5000
  const of = (list: readonly string[], n: number) => list[n % list.length] ?? ''
  return [
    `U${10_000 + patient}`,
    `OPD/26/${i}`,
    `${i % 2 ? 'Mr.' : 'Mrs.'} ${of(first, patient)} ${of(initials, patient)} ${of(last, patient * 5)}`,
    `${1 + ((i * 13) % 80)}`,
    of(['M', 'F', 'O'], i),
    `98${27_000_000 + ((i * 37) % 900_000)}`,
    `H.No. ${patient}, Telibandha, Raipur 492001`,
    `${1 + (i % 28)}/${1 + (i % 11)}/2026`,
    `${9 + (i % 9)}:${10 + (i % 50)}`,
    of(departments, i),
    of(complaints, i),
    `R${i % 9}`,
    `${1 + (i % 120)}`,
    ...[0, 1, 2, 3].flatMap((n) =>
      n < count ? [of(drugs, i + n), of(doses, i + n), `${3 + ((i + n) % 5)}`] : ['', '', ''],
    ),
  ]
}

export function csv(rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => cells.map((cell) => (/[",]/.test(cell) ? `"${cell}"` : cell)).join(',')
  return [header, ...rows].map((cells) => `${line(cells)}\n`).join('')
}
