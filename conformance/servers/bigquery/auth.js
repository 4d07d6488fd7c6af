// The token endpoint, the metadata server and the check of bearer tokens.
import crypto from 'node:crypto';

const jwtGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
// Google's .NET library names it as the audience, wherever it sends the assertion.
const googleTokenUri = 'https://oauth2.googleapis.com/token';
const knownScopes = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/cloud-platform'];

class Auth {
  constructor() {
    const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey;
    this.pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.email = 'reader@local-project.iam.gserviceaccount.com';
    this.reset();
  }

  reset() {
    this.tokens = new Map();
    this.issued = 0;
    this.lifetime = 3600;
  }

  /** The key file of the one service account. */
  keyFile(tokenUri) {
    return {
      type: 'service_account', project_id: 'local-project', private_key_id: 'local-key', private_key: this.pem, client_email: this.email, client_id: '1', token_uri: tokenUri,
    };
  }

  /** A token for clients that bring their own. */
  issue(account = this.email) {
    const token = `local.${crypto.randomUUID()}`;
    this.tokens.set(token, { account, until: Date.now() + this.lifetime * 1000 });
    this.issued++;
    return { access_token: token, expires_in: this.lifetime, token_type: 'Bearer' };
  }

  expireAll() {
    this.tokens.clear();
  }

  isValid(header) {
    const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
    const known = token && this.tokens.get(token);
    return Boolean(known && known.until > Date.now());
  }

  /** @returns {{status, body}} the answer of the token endpoint. */
  grant(form, tokenUri) {
    const refuse = (error, description) => ({ status: 400, body: { error, error_description: description } });
    if (form.get('grant_type') === 'refresh_token') {
      return form.get('refresh_token') === 'local-refresh-token' && form.get('client_id') ? { status: 200, body: this.issue('person@example.com') } : refuse('invalid_grant', 'Bad Request');
    }

    if (form.get('grant_type') !== jwtGrant) {
      return refuse('unsupported_grant_type', `Invalid grant_type: ${form.get('grant_type')}`);
    }

    const [header, payload, signature] = (form.get('assertion') ?? '').split('.');
    let claims;
    try {
      claims = JSON.parse(Buffer.from(payload, 'base64url'));
      if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'RS256' || !crypto.verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), this.publicKey, Buffer.from(signature, 'base64url'))) {
        return refuse('invalid_grant', 'Invalid JWT Signature.');
      }
    } catch {
      return refuse('invalid_grant', 'Invalid JWT: Failed to decode.');
    }

    const now = Date.now() / 1000;
    if (claims.iss !== this.email) {
      return refuse('invalid_grant', 'Invalid grant: account not found');
    }

    if (![tokenUri, googleTokenUri].includes(claims.aud) || claims.exp < now || claims.iat > now + 300 || claims.exp - claims.iat > 3600) {
      return refuse('invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.');
    }

    return (claims.scope ?? '').split(' ').some(scope => knownScopes.includes(scope)) ? { status: 200, body: this.issue(claims.iss) } : refuse('invalid_scope', 'Invalid OAuth scope or ID token audience provided.');
  }
}

export { Auth };
