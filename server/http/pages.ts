import helmet from 'helmet'

/**
 * The headers of pages for people. HSTS is the gate's, which knows whether HTTPS was spoken. No form-action: browsers hold
 * it against the redirect that takes a login back to its app. Referrers stay here, for with none at all a browser calls
 * the origin of a form `null`. An app may open the login in a window of its own and be told the end of it.
 */
export const pageHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'font-src': ["'self'"],
      'connect-src': ["'self'"],
      'manifest-src': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  strictTransportSecurity: false,
  referrerPolicy: { policy: 'same-origin' },
  crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
  crossOriginResourcePolicy: false,
  frameguard: { action: 'deny' },
})
