// Personal access tokens and OAuth machine-to-machine.
import { randomBytes } from 'node:crypto';
import { Refusal } from './problems.js';

export class Auth {
  constructor() { this.reset(); }

  reset() {
    this.personal = new Set(['dapi-local-token']);
    this.clients = new Map([['local-client', 'local-secret']]);
    this.issued = new Map();
    this.lifetimeSeconds = 3600;
  }

  /** GET /oidc/.well-known/oauth-authorization-server */
  discovery(origin) {
    return {
      issuer: `${origin}/oidc`, authorization_endpoint: `${origin}/oidc/v1/authorize`, token_endpoint: `${origin}/oidc/v1/token`,
      scopes_supported: ['all-apis', 'sql', 'offline_access'], grant_types_supported: ['client_credentials', 'authorization_code'],
    };
  }

  /** POST /oidc/v1/token */
  token(exchange) {
    const form = new URLSearchParams(exchange.text());
    const error = (status, code, description) => ({ status, body: { error: code, error_description: description } });
    if (form.get('grant_type') !== 'client_credentials') return error(400, 'unsupported_grant_type', 'This server issues tokens to clients only.');
    const [scheme, value] = (exchange.headers.authorization ?? '').split(' ');
    let id = form.get('client_id');
    let secret = form.get('client_secret');
    if (scheme === 'Basic') [id, secret] = Buffer.from(value, 'base64').toString('utf8').split(/:(.*)/s).map((part) => decodeURIComponent(part));
    if (this.clients.get(id) !== secret || secret === undefined) return error(401, 'invalid_client', 'Client authentication failed');
    const token = `eyJ.local.${randomBytes(12).toString('hex')}`;
    this.issued.set(token, Date.now() + this.lifetimeSeconds * 1000);
    return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: this.lifetimeSeconds, scope: form.get('scope') ?? 'all-apis' } };
  }

  /** Throws a Refusal unless the request may pass. */
  check(exchange) {
    const header = exchange.headers.authorization;
    if (!header) throw new Refusal(401, 401, 'Credential was not sent or was of an unsupported type for this API.');
    const [scheme, token] = header.split(' ');
    const expires = this.issued.get(token);
    if (scheme !== 'Bearer' || !(this.personal.has(token) || (expires !== undefined && expires > Date.now()))) throw this.wrongToken();
  }

  wrongToken() { return new Refusal(403, 403, 'Invalid access token.', { 'x-databricks-reason-phrase': 'Invalid access token.' }); }

  /** Makes every issued token useless. */
  revoke() { this.issued.clear(); }
}
