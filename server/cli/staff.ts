import { rid } from '../fhir/keys.ts'
import { hasFacility, isStaffRole, STAFF_ROLES } from '../people/account.ts'
import type { People } from '../people/people.ts'
import { readOutbox } from '../people/sms/outbox.ts'
import {
  addStaff,
  assign,
  listStaff,
  removeStaff,
  resetPassword,
  restoreStaff,
  staffByUsername,
  unassign,
  type Assignment,
  type Staff,
} from '../people/staff/staff.ts'
import { removeTotp, setTotp } from '../people/staff/totp.ts'
import { readMany } from '../store/read.ts'
import { inColumns, needed, readWords, Said, Usage, type Words } from './words.ts'

const usage = `staff list
       staff add --username=asha --name='Asha Verma' --role=${STAFF_ROLES.join('|')} [--facility=<Organization>] [--practitioner=<Practitioner>]
       staff assign <username> --role=… [--facility=…] [--off]
       staff reset <username> [--totp]
       staff totp <username> [--off]
       staff remove <username> | restore <username>`

const OPTIONS = ['username', 'name', 'role', 'facility', 'practitioner', 'off', 'totp']

/** Who works here, and as what. Passwords are one-time ones, printed once, to be changed at the first login. */
export async function staffCommand(people: People, given: readonly string[]): Promise<Said> {
  const words = readWords(joined(given), OPTIONS)
  const [verb = ''] = words.words
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined
  if (!command) throw new Usage(`Write: ${usage}`)
  return command(people, words)
}

const commands: Readonly<Record<string, (people: People, words: Words) => Promise<Said>>> = {
  list,
  add,
  assign: assigned,
  reset: async (people, words) => {
    const staff = await named(people, words)
    const password = await resetPassword(people, staff.id, words.has('totp'))
    return passwordSaid(staff.username, password)
  },
  totp: async (people, words) => {
    const staff = await named(people, words)
    if (words.has('off')) {
      await removeTotp(people, staff.id)
      return new Said({ username: staff.username, totp: false }, [`${staff.username} logs in with the password alone.`])
    }
    const address = await setTotp(people, staff)
    const how = 'Scan as a QR code or open on the telephone, then forget it:'
    return new Said({ username: staff.username, totp: address }, [how, address])
  },
  remove: async (people, words) => {
    const { id, username } = await named(people, words)
    await removeStaff(people, id)
    const said = `${username} cannot log in any more, and is logged out everywhere.`
    return new Said({ username, active: false }, [said])
  },
  restore: async (people, words) => {
    const staff = await named(people, words)
    return passwordSaid(staff.username, await restoreStaff(people, staff.id))
  },
}

/** `--role doctor` is `--role=doctor`. */
function joined(given: readonly string[]): string[] {
  const words: string[] = []
  for (const word of given) {
    const last = words.at(-1)
    const takes = last !== undefined && /^--(username|name|role|facility|practitioner)$/.test(last)
    if (takes && !word.startsWith('--')) words[words.length - 1] = `${last}=${word}`
    else words.push(word)
  }
  return words
}

async function list(people: People): Promise<Said> {
  const staff = await listStaff(people)
  const rows = staff.map(({ username, name, active, totp, oneTime, parts }) => [
    username,
    name,
    parts.join(', '),
    [!active && 'removed', totp && 'second factor', oneTime && 'one-time password'].filter(Boolean).join(', '),
  ])
  return new Said(staff, staff.length === 0 ? ['Nobody yet.'] : inColumns(rows))
}

async function add(people: People, words: Words): Promise<Said> {
  const [username, name, practitioner] = ['username', 'name', 'practitioner'].map(words.option)
  if (username === undefined || name === undefined) throw new Usage(`Write: ${usage}`)
  const part = await partOf(people, words)
  const password = await addStaff(people, {
    username,
    name,
    ...part,
    ...(practitioner !== undefined && { practitioner }),
  })
  return passwordSaid((await staffByUsername(people, username))?.username ?? username, password)
}

async function assigned(people: People, words: Words): Promise<Said> {
  const staff = await named(people, words)
  const part = await partOf(people, words)
  if (!words.has('off')) await assign(people.house.db, staff.id, part)
  else if (!(await unassign(people.house.db, staff.id, part))) throw new Usage(`${staff.username} has no such role.`)
  return list(people)
}

function passwordSaid(username: string, password: string): Said {
  return new Said({ username, password }, [
    `${username} logs in with ${password}`,
    'within three days, and then chooses a password. It is not shown again.',
  ])
}

async function partOf({ house }: People, words: Words): Promise<Assignment> {
  const [role = '', facility] = ['role', 'facility'].map(words.option)
  if (!isStaffRole(role)) throw new Usage(`--role is one of ${STAFF_ROLES.join(', ')}.`)
  if (hasFacility(role) && facility === undefined)
    throw new Usage(`A ${role} needs --facility=<id of an Organization>.`)
  if (!hasFacility(role) && facility !== undefined) throw new Usage(`A role of ${role} has no facility.`)
  if (facility === undefined) return { role }
  const [known] = await readMany(house.db, 'all', [{ type: 'Organization', rid: rid('Organization', facility) }])
  if (known?.id !== facility) throw new Usage(`There is no Organization/${facility}.`)
  return { role, facility }
}

async function named(people: People, { words }: Words): Promise<Staff> {
  const [, username = ''] = needed(words, usage, 2)
  const staff = await staffByUsername(people, username)
  if (!staff) throw new Usage(`There is nobody called ${username}.`)
  return staff
}

/** `sms outbox`: the last messages, where no gateway sends them. */
export async function smsCommand(people: People, [verb]: readonly string[]): Promise<Said> {
  if (verb !== 'outbox') throw new Usage('Write: sms outbox')
  const rows = await readOutbox(people)
  const shown = rows.map(({ at, mobile, state, text }) => [at.slice(0, 19), mobile, state, text])
  return new Said(rows, rows.length === 0 ? ['There are no messages.'] : inColumns(shown))
}
