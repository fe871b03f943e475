const CURRENCY = '(?:rs\\.?|inr|₹|रु\\.?|रुपये|रूपये|rupees?)'

/** An amount of rupees as registers write it, its digits ASCII: `50`, `Rs. 50/-`, `₹ 1,200.00`. */
export const RUPEES = new RegExp(
  `^(?:${CURRENCY}\\s*)?([-+]?[\\d,]*\\.?\\d+)\\s*(?:${CURRENCY})?\\s*(?:\\/[-=]{0,2})?$`,
  'iu',
)
