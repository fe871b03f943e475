import type { CodeSystem, ConceptMap, ValueSet } from '@medplum/fhirtypes'

export const FRUIT = 'http://example.org/fruit'

/** A made-up code system: nested, with a second parent, properties, Hindi, a heading, a retired code. */
export const fruit: CodeSystem = {
  resourceType: 'CodeSystem',
  id: 'fruit',
  url: FRUIT,
  version: '1',
  name: 'Fruit',
  title: 'Fruit of the market',
  status: 'active',
  content: 'complete',
  language: 'en',
  valueSet: 'http://example.org/all-fruit',
  property: [
    { code: 'sour', type: 'boolean' },
    { code: 'peel', type: 'code' },
  ],
  concept: [
    {
      code: 'citrus',
      display: 'Citrus fruit',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'orange',
          display: 'Orange',
          definition: 'Round and orange.',
          designation: [
            { language: 'hi', value: 'संतरा' },
            { language: 'hi-Latn', use: { system: 'http://example.org/use', code: 'spoken' }, value: 'Santra' },
          ],
          property: [{ code: 'peel', valueCode: 'thick' }],
          concept: [{ code: 'blood-orange', display: 'Blood orange' }],
        },
        {
          code: 'lemon',
          display: 'Lemon',
          designation: [{ language: 'hi', value: 'नींबू' }],
          property: [
            { code: 'sour', valueBoolean: true },
            { code: 'peel', valueCode: 'thin' },
          ],
        },
      ],
    },
    { code: 'berry', display: 'Berry' },
    {
      code: 'yuzu',
      display: 'Yuzu',
      property: [
        { code: 'parent', valueCode: 'citrus' },
        { code: 'parent', valueCode: 'berry' },
        { code: 'sour', valueBoolean: true },
      ],
    },
    { code: 'medlar', display: 'Médlar, wild', property: [{ code: 'inactive', valueBoolean: true }] },
  ],
}

export function valueSet(id: string, compose: ValueSet['compose'], rest: Partial<ValueSet> = {}): ValueSet {
  return {
    resourceType: 'ValueSet',
    id,
    url: `http://example.org/${id}`,
    version: '1',
    status: 'active',
    ...(compose && { compose }),
    ...rest,
  }
}

export const market: ConceptMap = {
  resourceType: 'ConceptMap',
  id: 'market',
  url: 'http://example.org/market',
  version: '1',
  name: 'Market',
  status: 'active',
  sourceUri: 'http://example.org/all-fruit',
  targetUri: 'http://example.org/all-prices',
  group: [
    {
      source: FRUIT,
      target: 'http://example.org/price',
      element: [
        { code: 'orange', display: 'Orange', target: [{ code: 'mid', display: 'Middling', equivalence: 'wider' }] },
        {
          code: 'lemon',
          target: [
            {
              code: 'low',
              equivalence: 'equivalent',
              product: [{ property: 'http://example.org/unit', system: 'http://unitsofmeasure.org', value: 'kg' }],
            },
            {
              code: 'high',
              equivalence: 'equivalent',
              dependsOn: [{ property: 'http://example.org/season', value: 'winter' }],
            },
          ],
        },
        { code: 'berry', target: [{ equivalence: 'unmatched', comment: 'Sold nowhere.' }] },
      ],
      unmapped: { mode: 'fixed', code: 'ask', display: 'Ask the seller' },
    },
    {
      source: FRUIT,
      target: 'http://example.org/colour',
      element: [{ code: 'lemon', target: [{ code: 'yellow', equivalence: 'relatedto' }] }],
      unmapped: { mode: 'other-map', url: 'http://example.org/market-colours' },
    },
  ],
}

export const colours: ConceptMap = {
  resourceType: 'ConceptMap',
  id: 'market-colours',
  url: 'http://example.org/market-colours',
  name: 'MarketColours',
  status: 'active',
  group: [
    {
      source: FRUIT,
      target: 'http://example.org/colour',
      element: [{ code: 'orange', target: [{ code: 'orange', equivalence: 'equal' }] }],
      unmapped: { mode: 'provided' },
    },
  ],
}
