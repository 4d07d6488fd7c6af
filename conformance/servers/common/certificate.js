// A certificate for localhost and 127.0.0.1 that signs itself, made anew for every server. Written in DER by hand: node can make keys,
// not certificates.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export function makeCertificate(now = new Date()) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const name = sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), tlv(0x0c, Buffer.from('localhost')))));
  const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha1').update(publicInfo).digest();
  const day = 24 * 3600 * 1000;
  const extension = (id, critical, value) => sequence(oid(0x55, 0x1d, id), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
  const extensions = sequence(
    extension(0x13, true, sequence(tlv(0x01, Buffer.from([0xff])))), // an authority: whoever trusts the file trusts the server
    extension(0x0f, true, tlv(0x03, Buffer.from([0x02, 0x84]))), // digitalSignature, keyCertSign
    extension(0x25, false, sequence(oid(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01))), // serverAuth
    extension(0x11, false, sequence(tlv(0x82, Buffer.from('localhost')), tlv(0x87, Buffer.from([127, 0, 0, 1])))),
    extension(0x0e, false, tlv(0x04, keyId)),
  );
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ecdsaWithSha256,
    name,
    sequence(utc(new Date(now.getTime() - day)), utc(new Date(now.getTime() + 30 * day))),
    name,
    publicInfo,
    tlv(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { certificate: pem('CERTIFICATE', certificate), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

function tlv(tag, content) {
  const length = content.length;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts) { return tlv(0x30, Buffer.concat(parts)); }
function oid(...bytes) { return tlv(0x06, Buffer.from(bytes)); }
function utc(date) { return tlv(0x17, Buffer.from(date.toISOString().replace(/[-:T]/g, '').slice(2, 14) + 'Z')); }
function pem(label, der) { return `-----BEGIN ${label}-----\n${der.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`; }
