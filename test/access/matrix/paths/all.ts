import type { Shape } from '../shape.ts'
import { bundles } from './bundles.ts'
import { compartments } from './compartments.ts'
import { everything } from './everything.ts'
import { histories } from './histories.ts'
import { links } from './links.ts'
import { operations } from './operations.ts'
import { reading } from './reading.ts'
import { searches } from './searches.ts'

/** Every way to read: a new one is a row of one of these tables. */
export const shapes: readonly Shape[] = [
  ...reading,
  ...histories,
  ...searches,
  ...links,
  ...compartments,
  ...everything,
  ...operations,
  ...bundles,
]
