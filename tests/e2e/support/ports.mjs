// Ports for servers that go and come back.
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';

// A port on which nobody listens, below those that the system gives to clients: none of them takes it while the server is down.
export async function free_port() {
    for (;;) {
        const port = randomInt(10_000, 32_000);
        const probe = net.createServer();
        const is_free = await new Promise((resolve) => {
            probe.on('error', () => resolve(false));
            probe.listen(port, '127.0.0.1', () => resolve(true));
        });
        if (!is_free) continue;
        probe.close();
        await once(probe, 'close');
        return port;
    }
}
