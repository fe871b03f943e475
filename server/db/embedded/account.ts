import { constants, readFileSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { spawn } from 'node:child_process'

/** The OS account PostgreSQL runs as. */
export interface Account {
  uid: number
  gid: number
  name: string
}

/** PostgreSQL refuses to run as root: then PG_OS_USER, else `postgres`, else `nobody`. No account is ever created. */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const wanted = process.env['PG_OS_USER']
  const accounts = readAccounts()
  for (const name of wanted === undefined ? ['postgres', 'nobody'] : [wanted]) {
    const account = accounts.find((candidate) => candidate.name === name)
    if (account && account.uid !== 0) return account
  }
  throw new Error(
    `PostgreSQL does not run as root, and there is no other account ${wanted ?? 'postgres or nobody'}. ` +
      'Set PG_OS_USER to an existing account, start Parchi as an ordinary user, or set DATABASE_URL.',
  )
}

function readAccounts(): Account[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':')
    return { name, uid: Number(uid), gid: Number(gid) }
  })
}

/** Can that account enter the folders, and read (`-r`) or run (`-x`) what is there? Another's account must be asked itself. */
export async function canReach(
  account: Account | null,
  test: '-r' | '-x',
  ...paths: readonly string[]
): Promise<boolean> {
  if (!account) {
    const mode = test === '-r' ? constants.R_OK : constants.X_OK
    const reached = await Promise.allSettled(paths.map((path) => access(path, mode)))
    return reached.every(({ status }) => status === 'fulfilled')
  }
  const script = `for path; do test ${test} "$path" || exit 1; done`
  const run = spawn('/bin/sh', ['-c', script, 'sh', ...paths], { ...as(account), cwd: '/', stdio: 'ignore' })
  return new Promise((resolve, reject) => run.once('error', reject).once('exit', (code) => resolve(code === 0)))
}

/** The spawn options that change the account. */
export function as(account: Account | null): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {}
}
