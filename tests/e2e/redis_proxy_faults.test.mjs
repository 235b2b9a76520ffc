// Whatever happens between two nodes and their Redis while users talk: what was acknowledged is there, once, in order, nobody
// is closed, and afterwards it goes on. The checker of histories says so at the end of each test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { close_codes, more_refused, refused, under_traffic } from './support/redis_faults.mjs';

const behind_proxy = (body) =>
    under_traffic({ is_behind_proxy: true }, async (all) => {
        await body(all);
        await all.traffic.more(200);
        assert.deepEqual(close_codes(all.log), []);
    });

test('replies take 100 ms longer: nothing is refused', () =>
    behind_proxy(async ({ proxy, traffic, log }) => {
        proxy.latency_ms = 50;
        await traffic.more(100);
        assert.equal(refused(log), 0);
        proxy.latency_ms = 0;
    }));

test('replies take longer than they are waited for', () =>
    behind_proxy(async ({ proxy, log }) => {
        proxy.latency_ms = 1500;
        await more_refused(log, 50);
        proxy.latency_ms = 0;
    }));

test('little bandwidth', () =>
    behind_proxy(async ({ proxy, traffic }) => {
        proxy.bytes_per_second = 20_000;
        await traffic.more(200);
        proxy.bytes_per_second = 0;
    }));

test('all connections are reset again and again', () =>
    behind_proxy(async ({ proxy, traffic }) => {
        for (let times = 0; times < 10; ++times) {
            assert.ok(proxy.connections > 0);
            proxy.reset_all();
            await traffic.more(50);
        }
    }));

test('connections end in the middle of a reply', () =>
    behind_proxy(async ({ proxy, traffic, random }) => {
        for (let times = 0; times < 10; ++times) {
            await proxy.cut_replies_after(1 + random.below(500));
            await traffic.more(50);
        }
    }));

test('nothing passes for a while', () =>
    behind_proxy(async ({ proxy, traffic, log }) => {
        for (let times = 0; times < 3; ++times) {
            proxy.hang();
            await more_refused(log, 20);
            proxy.resume();
            await traffic.more(50);
        }
    }));

test('connections are refused for a while', () =>
    behind_proxy(async ({ proxy, traffic, log }) => {
        for (let times = 0; times < 3; ++times) {
            await proxy.refuse();
            await more_refused(log, 20);
            await proxy.accept();
            await traffic.more(50);
        }
    }));
