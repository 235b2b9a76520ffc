// JWTs and keys by Node's own crypto: a reading of the RFCs that is not ours. Keys are made when a test needs them.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const base64url = (value) => Buffer.from(value).toString('base64url');
export const in_seconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

const kinds = {
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    EdDSA: () => generateKeyPairSync('ed25519'),
};

// Something that signs tokens: with `alg` and, if it is named, `kid` in the header.
export class Issuer {
    constructor(alg, kid, secret) {
        this.alg = alg;
        this.kid = kid;
        this.secret = secret;
        if (!secret) Object.assign(this, kinds[alg]());
    }

    static secret(text) {
        return new Issuer('HS256', undefined, text);
    }

    get pem() {
        return this.publicKey.export({ type: 'spki', format: 'pem' });
    }
    get private_pem() {
        return this.privateKey.export({ type: 'pkcs8', format: 'pem' });
    }
    get jwk() {
        return { ...this.publicKey.export({ format: 'jwk' }), kid: this.kid, use: 'sig', alg: this.alg };
    }

    signature(text) {
        if (this.secret) return createHmac('sha256', this.secret).update(text).digest();
        if (this.alg === 'EdDSA') return sign(null, Buffer.from(text), this.privateKey);
        return sign('sha256', Buffer.from(text), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    }

    // A token of these claims, valid for a minute unless they say otherwise.
    token(claims, header = {}) {
        const head = { alg: this.alg, typ: 'JWT', ...(this.kid && { kid: this.kid }), ...header };
        const text = `${base64url(JSON.stringify(head))}.${base64url(JSON.stringify({ exp: in_seconds(60), ...claims }))}`;
        return `${text}.${base64url(this.signature(text))}`;
    }
}

// Runs `body(path_of)` with files of these texts, by name.
export async function with_files(texts, body) {
    const folder = mkdtempSync(join(tmpdir(), 'gim-keys-'));
    try {
        const path_of = (name) => join(folder, name);
        for (const [name, text] of Object.entries(texts)) writeFileSync(path_of(name), text);
        await body(path_of);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
