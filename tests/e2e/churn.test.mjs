// 200 users connect, join, send and die on four workers. When they rest, membership and presence are what they were told,
// and no ghost is left. GIM_CHURN_SECONDS is for how long, 10 by default; scripts/races watches for races meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Churn, patient } from './support/churn.mjs';
import { with_server } from './support/gim.mjs';

const seconds = Number(process.env.GIM_CHURN_SECONDS ?? 10);
const flags = [...patient, '--gateway-worker=4', '--enable-message-sequence=true', '--message-push-duration=20ms'];

test(`after ${seconds} s of coming and going, who is there is who is said to be there`, () =>
    with_server(flags, async (server) => {
        const churn = new Churn(server);
        await churn.run(seconds * 1000);
        assert.ok(churn.lives >= churn.users.length, `only ${churn.lives} lives`);
        await churn.check();
        console.log(`${churn.lives} lives, ${churn.requests} requests`);
    }));
