/** Usernames in one form: small letters, no blanks around. Undefined for what is none. */
export function fold(username: string): string | undefined {
  const folded = username.normalize('NFKC').trim().toLowerCase()
  return /^[a-z0-9](?:[a-z0-9._-]{1,62})[a-z0-9]$/.test(folded) ? folded : undefined
}
