import { execFileSync } from 'node:child_process'

/** An authority in `folder` (ca.pem), and a certificate of it for each name (name.pem, name.key); false where there is no openssl. */
export function makeCertificates(folder: string, subjects: Readonly<Record<string, string>>): boolean {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority')
    for (const [name, subject] of Object.entries(subjects)) {
      openssl('req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject)
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
      openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...by)
    }
    return true
  } catch {
    return false
  }
}
