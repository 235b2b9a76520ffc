// The HTTP API, as a client sees it.
import http from 'node:http';
import { within } from './time.mjs';

// One request on a connection of its own: { status, headers, text, json }.
export function call(server, method, path, { token, body, headers = {} } = {}) {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const all = { ...headers };
    if (token) all.Authorization = `Bearer ${token}`;
    if (payload !== undefined) all['Content-Type'] ??= 'application/json';
    if (payload !== undefined) all['Content-Length'] = Buffer.byteLength(payload);
    const answer = new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.api_port, method, path, headers: all, agent: false };
        const request = http.request(options, (response) => {
            const pieces = [];
            response.on('data', (piece) => pieces.push(piece));
            response.on('error', reject);
            response.on('end', () => {
                const text = Buffer.concat(pieces).toString();
                const is_json = /json/.test(response.headers['content-type'] ?? '') && text !== '';
                const json = is_json ? JSON.parse(text) : undefined;
                resolve({ status: response.statusCode, headers: response.headers, text, json });
            });
        });
        request.on('error', reject);
        request.end(payload);
    });
    return within(20_000, answer, () => `no answer to ${method} ${path}`);
}

export const get = (server, path, options) => call(server, 'GET', path, options);
