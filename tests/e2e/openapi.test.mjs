// openapi.yaml, as the server serves it, against what the server does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { call, get } from './support/api.mjs';
import { Client } from './support/client.mjs';
import { with_server } from './support/gim.mjs';

const routes = [
    'DELETE /v1/rooms/{id}',
    'DELETE /v1/rooms/{id}/members/{id}',
    'DELETE /v1/trace/users/{id}',
    'DELETE /v1/users/{id}/connections',
    'GET /debug/connections',
    'GET /debug/pprof/cmdline',
    'GET /debug/pprof/heap',
    'GET /debug/pprof/profile',
    'GET /debug/pprof/symbol',
    'GET /debug/rooms',
    'GET /debug/workers',
    'GET /healthz',
    'GET /metrics',
    'GET /openapi.yaml',
    'GET /readyz',
    'GET /v1/counters',
    'GET /v1/nodes',
    'GET /v1/rooms',
    'GET /v1/rooms/{id}',
    'GET /v1/rooms/{id}/members',
    'GET /v1/route',
    'GET /v1/sessions',
    'GET /v1/sessions/{id}/messages',
    'GET /v1/trace/users',
    'GET /v1/trace/users/{id}',
    'GET /v1/users/{id}',
    'GET /version',
    'POST /debug/pprof/symbol',
    'POST /v1/messages',
    'POST /v1/messages/batch',
    'PUT /v1/rooms/{id}',
    'PUT /v1/rooms/{id}/members/{id}',
    'PUT /v1/trace/users/{id}',
];

const secret = 'a-secret-of-the-end-to-end-tests';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

async function with_document(body) {
    await with_server([`--api-key=game=${secret}`, '--advertise-address=ws://10.0.0.5:8080'], async (server) => {
        const answer = await get(server, '/openapi.yaml');
        assert.equal(answer.status, 200);
        assert.match(answer.headers['content-type'], /yaml/);
        const document = parse(answer.text, { strict: true, uniqueKeys: true });
        const operations = Object.entries(document.paths).flatMap(([path, item]) =>
            methods.filter((method) => item[method]).map((method) => ({ path, method: method.toUpperCase(), ...item[method], shared: item.parameters ?? [] })),
        );
        await body(server, document, operations);
    });
}

// A check of a value against a schema of the document, which may point into the document.
function validator(document) {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    ajv.addSchema(document, 'document');
    const absolute = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
    return (schema, value, what) => {
        const check = ajv.compile(absolute(schema));
        assert.ok(check(value), `${what}: ${JSON.stringify(check.errors)}\n${JSON.stringify(value)}`);
    };
}

function resolve(document, node) {
    if (!node?.$ref) return node;
    return node.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

test('it is an OpenAPI 3 document whose version is that of the server', () =>
    with_document(async (server, document) => {
        assert.match(document.openapi, /^3\.1\./);
        const { text } = await get(server, '/version');
        assert.ok(text.includes(document.info.version), `${document.info.version} in ${text}`);
    }));

test('it has every route of the server and no other', () =>
    with_document((server, document, operations) => {
        const described = operations.map(({ method, path }) => `${method} ${path.replace(/\{[^}]*\}/g, '{id}')}`);
        assert.deepEqual(described.sort(), routes);
    }));

test('every path takes exactly its methods', () =>
    with_document(async (server, document, operations) => {
        const { token } = await Client.login(server, '1001');
        for (const path of Object.keys(document.paths)) {
            const taken = operations.filter((one) => one.path === path).map(({ method }) => method);
            if (taken.includes('GET')) taken.push('HEAD');
            const { status, headers } = await call(server, 'PATCH', path.replace(/\{[^}]*\}/g, '1001'), { token });
            assert.equal(status, 405, path);
            assert.deepEqual(headers.allow.split(/,\s*/).sort(), taken.sort(), path);
        }
    }));

test('every operation answers as its schema says, with good and with bad requests', () =>
    with_document(async (server, document, operations) => {
        const valid = validator(document);
        const ada = await Client.login(server, '1001', { name: 'Ada' });
        await Client.login(server, '1002');
        await ada.join('9999');
        await ada.join('empty');
        await ada.send_room('9999', 'in the room');
        await ada.send_private('1002', 'private');

        const ids = { users: ['1001', 'nobody'], trace: ['1001', 'nobody'], rooms: ['9999', 'nowhere'], sessions: ['1:9999', '2:1002:1003', 'x'] };
        const targets = [
            { type: 2, target_id: '1002' },
            { type: 1, target_id: 'nowhere' },
        ];
        const good_body = { type: 2, target_id: '1002', category: 'text', content: 'x', targets };
        const seen = new Map();
        for (const { path, method, responses, requestBody, security = document.security ?? [] } of operations) {
            const what = `${method} ${path}`;
            const guarded = security.length > 0;
            const is_for_back_ends = security.some((one) => one.api_key) && !security.some((one) => one.query_token);
            const keys = is_for_back_ends ? [secret] : [];
            const tokens = guarded ? [...keys, ada.token, undefined] : [undefined];
            const bodies = requestBody ? [good_body, {}, { ...good_body, target_id: 'nobody' }] : [undefined];
            // Whatever the operations before have done, she is in that room and traced.
            assert.equal((await call(server, 'PUT', '/v1/trace/users/1001', { token: secret })).status, 200);
            assert.equal((await call(server, 'PUT', '/v1/rooms/9999/members/1001', { token: secret })).status, 200);
            if (requestBody) valid(resolve(document, requestBody).content['application/json'].schema, good_body, `${what}: request`);
            for (const id of ids[path.split('/')[2]] ?? ['']) {
                for (const query of ['', '?limit=0']) {
                    for (const token of tokens) {
                        for (const body of bodies) {
                            const answer = await call(server, method, path.replace('{id}', id).replace('{user}', '1001') + query, { token, body });
                            const place = `${what} ${id} ${query} ${token ? 'with' : 'without'} token: ${answer.status}`;
                            const response = resolve(document, responses[answer.status] ?? responses.default);
                            assert.ok(response, `${place} is not described`);
                            const [type, { schema }] = Object.entries(response.content)[0];
                            assert.ok(answer.headers['content-type'].startsWith(type), place);
                            if (answer.json) valid(schema, answer.json, place);
                            seen.set(what, new Set([...(seen.get(what) ?? []), answer.status]));
                        }
                    }
                }
            }
            // pprof is switched off here, and has a test of its own.
            const is_on = !path.startsWith('/debug/pprof/');
            assert.ok(seen.get(what).has(is_on ? 200 : 404), `${what} never succeeded`);
            const is_open_to_this_machine = security.some((one) => Object.keys(one).length === 0);
            if (guarded && !is_open_to_this_machine) assert.ok(seen.get(what).has(401), `${what} does not ask for a token`);
        }
    }));

test('the schemas are strict enough to refuse another answer', () =>
    with_document((server, document, operations) => {
        const valid = validator(document);
        for (const { path, method, responses } of operations) {
            const response = resolve(document, responses[200]);
            const [type, { schema }] = Object.entries(response.content)[0];
            if (!type.includes('json')) continue;
            assert.throws(() => valid(schema, { code: 'zero' }, ''), `${method} ${path}`);
            assert.throws(() => valid(schema, {}, ''), `${method} ${path}`);
        }
    }));
