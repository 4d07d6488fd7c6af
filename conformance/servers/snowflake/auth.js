// Who may log in: passwords, key pairs (RS256 JWT), OAuth tokens and programmatic access tokens.
import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto';
import { SnowflakeError } from './errors.js';

/** Every server has these from the start; tests add others. They open nothing but a server on loopback. */
export const defaults = { account: 'LOCAL', user: 'TESTER', password: 'warehouse-1', role: 'ANALYST', pat: 'pat-local-1' };

export class Accounts {
  constructor(account = defaults.account) {
    this.account = account.toUpperCase();
    this.clear();
  }

  clear() {
    this.users = new Map();
    this.tokens = new Map();
    this.addUser({ name: defaults.user, password: defaults.password, roles: [defaults.role, 'PUBLIC'] });
    this.addToken({ type: 'PROGRAMMATIC_ACCESS_TOKEN', value: defaults.pat, user: defaults.user });
  }

  addUser({ name, password, publicKey, roles = [defaults.role] }) {
    const user = { name: name.toUpperCase(), password, roles, fingerprint: undefined, key: undefined };
    if (publicKey) {
      user.key = createPublicKey(publicKey);
      user.fingerprint = `SHA256:${createHash('sha256').update(user.key.export({ type: 'spki', format: 'der' })).digest('base64')}`;
    }
    this.users.set(user.name, user);
  }

  addToken({ type, value, user, expired = false }) { this.tokens.set(value, { type, user: user.toUpperCase(), expired }); }

  byPassword(name, password) {
    const user = this.users.get(String(name).toUpperCase());
    if (!user?.password || user.password !== password) throw new SnowflakeError('390100', null, 'Incorrect username or password was specified.', { http: 401 });
    return user;
  }

  byToken(value, type) {
    const token = this.tokens.get(value);
    const invalid = { OAUTH: '390303', PROGRAMMATIC_ACCESS_TOKEN: '394400' };
    if (!token || (type !== undefined && token.type !== type)) throw new SnowflakeError(invalid[type ?? 'OAUTH'], null, 'Invalid token.', { http: 401 });
    if (token.expired) throw new SnowflakeError('390318', null, 'The token has expired.', { http: 401 });
    return this.users.get(token.user);
  }

  byJwt(jwt, now = Date.now() / 1000) {
    const refuse = (why) => new SnowflakeError('390144', null, `JWT token is invalid. [${randomUUID()}] (${why})`, { http: 401 });
    const parts = jwt.split('.');
    if (parts.length !== 3) throw refuse('form');
    let header;
    let claims;
    try { [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())); } catch { throw refuse('form'); }
    if (header.alg !== 'RS256') throw refuse('algorithm');
    const user = this.users.get(String(claims.sub).split('.').slice(1).join('.'));
    if (!user?.key || claims.sub !== `${this.account}.${user.name}`) throw refuse('subject');
    if (claims.iss !== `${claims.sub}.${user.fingerprint}`) throw refuse('issuer or fingerprint');
    if (!verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`), user.key, Buffer.from(parts[2], 'base64url'))) throw refuse('signature');
    // One client of the vendor's writes milliseconds.
    const [issued, expires] = [claims.iat, claims.exp].map((time) => (time > 1e11 ? time / 1000 : time));
    if (!(expires > now) || !(issued <= now + 60)) throw refuse('time');
    if (expires - issued > 3600) throw refuse('lives longer than an hour');
    return user;
  }

  /** The user of a request to the SQL API. */
  ofRequest(headers) {
    const match = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? '');
    if (!match) throw new SnowflakeError('390146', null, 'Authorization header is missing or invalid.', { http: 400 });
    const type = headers['x-snowflake-authorization-token-type'];
    if (type === 'KEYPAIR_JWT' || (type === undefined && match[1].split('.').length === 3)) return this.byJwt(match[1]);
    return this.byToken(match[1], type);
  }
}
