/** The words around and inside names that identify nobody, in both scripts. Compared in lower case, without dots. */

const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Before a name. */
export const honorifics = set(`
  shri shree sri sree shriman shreeman smt shrimati shrimathi srimati sushri kum ku kumari km mr mrs ms miss mstr master mast
  dr doctor prof er adv pt pandit late lt haji hazi janab alhaj sw swargiya swa mister sir madam
  श्री श्रीमान श्रीमति श्रीमती सुश्री कु कुमारी कुं डॉ डा डाॅ डॉक्टर प्रो स्व स्वर्गीय पं पंडित मास्टर मा हाजी जनाब मि मिस चि`)

/** Behind a name. */
export const endings = set('ji jee sahab saheb sahib जी साहब साहेब')

/** "Jr" and the like tell a son from his father; as compared, see `suffixes`. */
export const suffixes: ReadonlyMap<string, string> = new Map([
  ['jr', 'jr'], ['junior', 'jr'], ['sr', 'sr'], ['senior', 'sr'], ['ii', '2'], ['iii', '3'], ['iv', '4'], ['2nd', '2'], ['3rd', '3'],
  ['जूनियर', 'jr'], ['सीनियर', 'sr'],
]) // prettier-ignore

/** Never a name of its own: Sukhmati Bai, Nagma Bano, Rajesh Kumar. */
export const companions = set(`bai devi bano banu bee bi begum khatoon kaur kumari kumar bhai ben
  बाई देवी देबी बानो बी बेगम खातून कौर कुमारी कुमार भाई बेन`)

/** Behind another name they say little; alone they are the name: Mohan Lal, Lal. */
export const fillers = set(`prasad lal ram chand das nath dev प्रसाद लाल राम चंद दास नाथ देव`)

/** The same, written in one with the name (Satishlal, Rajkumar): what is before is the name's stem. As sounds. */
export const joinedFiller = /^(.{3,}?)_?(?:l[aA]l|kum[aA]r|pr?as[aA]d|r[aA]m|b[aA][iI]|dev[iI]|C[aA]nd|d[aA]s|n[aA]th)$/

/** Stands before a Muslim man's own name, or is left out (MOHAMMAD → MO). */
export const mohammad = 'mohamad'

/** Behind Mohammad these are the family's name; any other word is his own. */
export const muslimFamilies = set(
  'khan ansari qureshi sheikh siddiqui pathan mirza sayyed memon rizvi khokhar shah beg baig',
)

/** Of these, only the kind of relation is known: S/o may be written by the son of a father or of a mother. */
export type Kin = 'father' | 'husband' | 'mother' | 'other'

export const relations: readonly (readonly [RegExp, Kin])[] = [
  [/(?:^|[\s,(])(?:s\s*[/.]\s*o|d\s*[/.]\s*o|son of|daughter of|f\s*[/.]\s*n(?:ame)?|father|पिता|पुत्र|पुत्री|आत्मज|आत्मजा|सुपुत्र|सुपुत्री)(?=$|[\s.:;,-])/iu, 'father'],
  [/(?:^|[\s,(])(?:w\s*[/.]\s*o|wife of|husband|पति|पत्नी|धर्मपत्नी)(?=$|[\s.:;,-])/iu, 'husband'],
  [/(?:^|[\s,(])(?:mother|माता|मां|माँ)(?=$|[\s.:;,-])/iu, 'mother'],
  [/(?:^|[\s,(])(?:c\s*[/.]\s*o|h\s*[/.]\s*o|b\s*[/.]\s*o|m\s*[/.]\s*o|f\s*[/.]\s*o|care of|द्वारा)(?=$|[\s.:;,-])/iu, 'other'],
] // prettier-ignore

/** No name at all, or the mother's: never matched by name. */
export const placeholders: readonly RegExp[] = [
  /^\W*(?:baby|babe|b)\s*[/.]?\s*(?:of|o)\b/i,
  /^\W*(?:new\s*born|infant|baby)\b(?:\s+(?:boy|girl|male|female|child|baby|[12ab]))*(?:\s+(?:of|o\/?)\b.*)?$/i,
  /^\W*(?:baby\s+(?:boy|girl)|male\s+child|female\s+child|twin\s*(?:[12ab]|i{1,2}))\b/i,
  /^\W*(?:unknown|unk|unnamed|un\s*known|not\s*known|no\s*name|noname|anonymous|anon|name\s*not\s*known|nil|none|null|na|n\/a|test(?:\s*patient)?\s*\d*|xxx+|dummy|patient|abc|john\s+doe|jane\s+doe)(?:\s+(?:unknown|unk|anonymous|anon|male|female|man|woman|person|patient|body|test|na|\d+))*\W*$/i,
  /(?:^|\s)(?:शिशु(?=\s|$)|नवजात|बेबी\s*(?:ऑफ|आफ)|बेबी\s*$|का\s*बच्चा|की\s*बच्ची|का\s*शिशु)/u,
  /^\s*(?:अज्ञात|अनाम|नामालूम|लावारिस|पता\s*नहीं|अनजान)/u,
] // prettier-ignore
