import { PLAIN_SCOPES } from './scopes.ts'

/** https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html */
export function smartConfiguration(issuer: string): object {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'],
    token_endpoint_auth_signing_alg_values_supported: [...CLIENT_ALGORITHMS],
    scopes_supported: [
      ...PLAIN_SCOPES,
      ...['patient', 'user', 'system'].flatMap((who) => [`${who}/*.cruds`, `${who}/*.read`]),
    ],
    capabilities: [
      'launch-standalone',
      'launch-ehr',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-banner',
      'context-ehr-patient',
      'context-ehr-encounter',
      'context-standalone-patient',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
  }
}

/** Of client assertions (https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html). */
export const CLIENT_ALGORITHMS = ['RS384', 'ES384'] as const
