export interface Item {
  method?: string
  url?: string
  resource?: object
  fullUrl?: string
  ifNoneExist?: string
  ifMatch?: string
  ifNoneMatch?: string
}

export const bundle = (type: string, items: Item[]) => ({
  resourceType: 'Bundle',
  type,
  entry: items.map(
    ({
      resource,
      fullUrl,
      method = 'POST',
      url = (resource as { resourceType: string }).resourceType,
      ...conditions
    }) => ({
      ...(fullUrl && { fullUrl }),
      ...(resource && { resource }),
      request: { method, url, ...conditions },
    }),
  ),
})
export const transaction = (...items: Item[]) => bundle('transaction', items)
export const patient = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:t', value }],
  ...more,
})
export const observation = (subject: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  subject: { reference: subject },
  ...more,
})
