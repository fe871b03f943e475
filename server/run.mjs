import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * `node server/run.mjs main` starts server/main.ts, `cli` the commands. Loading 700 TypeScript files one by one costs 1.5 s
 * and 70 MB at each start, so they are bundled when they changed (half a second) and the bundle is kept. It goes by the name
 * of what it was made from, so there is nothing to rebuild by hand and nothing stale.
 *
 * This one file is JavaScript, because nothing runs before it that could read TypeScript.
 */
const server = dirname(fileURLToPath(import.meta.url))
const root = dirname(server)
const kept = join(root, 'node_modules/.cache/parchi')
const programs = ['main', 'cli']
/** Where the sources are. */
const folders = ['server', 'mappers', 'fixtures/city']

const [program = ''] = process.argv.splice(2, 1)
if (!programs.includes(program)) {
  console.error(`node server/run.mjs takes one of: ${programs.join(', ')}.`)
  process.exit(1)
}
const entry = join(server, `${program}.ts`)
process.argv[1] = entry
const built = await bundle()
if (built === undefined) await runUnbuilt()
else {
  process.setSourceMapsEnabled(true)
  await import(pathToFileURL(join(built, `${program}.mjs`)).href)
}

/** The folder with the programs; undefined where none can be written, as in a container whose files are read-only. */
async function bundle() {
  const folder = join(kept, fingerprint())
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  try {
    mkdirSync(draft, { recursive: true })
  } catch {
    return undefined
  }
  const { build, stop } = await import('esbuild')
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => `server/${name}.ts`),
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
    plugins: [{ name: 'addresses of sources', setup: keepAddresses }],
  })
  await stop()
  const stray = Object.keys(metafile.inputs).find((path) => !folders.some((one) => path.startsWith(`${one}/`)))
  if (stray !== undefined) throw new Error(`${stray} is in none of the folders that server/run.mjs looks into.`)
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Who starts at the same time builds the same: the first one's stays.
    if (!existsSync(folder)) throw error
    rmSync(draft, { recursive: true })
  }
  forgetOld(folder)
  return folder
}

/** Of every source's name and text, and of how they are built. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)))
  for (const folder of folders)
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).toSorted())
      if (name.endsWith('.ts')) hash.update(`\n${folder}/${name}\n`).update(readFileSync(join(root, folder, name)))
  return hash.digest('hex').slice(0, 24)
}

/**
 * `import.meta.url` stays the address of the source, by which it finds profiles, migrations and packages.
 * @param {import('esbuild').PluginBuild} build
 */
function keepAddresses(build) {
  build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    const fromBundle = relative(join(kept, 'any'), path).replaceAll(sep, '/')
    const address = `new URL(${JSON.stringify(fromBundle)}, import.meta.url).href`
    return { loader: 'ts', contents: text.replaceAll('import.meta.url', address) }
  })
}

/**
 * A server that still runs may load parts of its bundle later, so the last few stay.
 * @param {string} newest
 */
function forgetOld(newest) {
  const age = (/** @type {string} */ folder) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const others = readdirSync(kept).map((name) => join(kept, name)).filter((folder) => folder !== newest) // prettier-ignore
  for (const folder of others.toSorted((a, b) => age(b) - age(a)).slice(4)) rmSync(folder, { recursive: true, force: true }) // prettier-ignore
}

async function runUnbuilt() {
  const { register } = await import('tsx/esm/api')
  register()
  await import(pathToFileURL(entry).href)
}
