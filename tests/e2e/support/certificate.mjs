// A key and a certificate that it signed for itself, made by openssl, in a folder of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export class Certificate {
    constructor(name) {
        this.folder = mkdtempSync(path.join(tmpdir(), 'gim-tls-'));
        this.cert = path.join(this.folder, 'cert.pem');
        this.key = path.join(this.folder, 'key.pem');
        this.renew(name);
    }

    // Writes both files anew.
    renew(name) {
        const about = ['-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
        const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
        execFileSync('openssl', ['req', '-x509', ...key, ...about, '-keyout', this.key, '-out', this.cert], { stdio: 'pipe' });
        this.ca = readFileSync(this.cert);
    }

    spoil_key() {
        writeFileSync(this.key, 'no key\n');
    }

    get flags() {
        return [`--tls-cert=${this.cert}`, `--tls-key=${this.key}`];
    }

    remove() {
        rmSync(this.folder, { recursive: true });
    }
}
