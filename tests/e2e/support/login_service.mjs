// An operator's login service: a real HTTP server, and a socket that answers any bytes.
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';

const listening = async (server) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server.address().port;
};

// Answers each question as `answer(question, response)` does, which may return what to say: a status, or the fields of
// somebody who is let in.
export class LoginService {
    questions = [];
    connections = 0;
    #open = new Set();

    static async start(answer) {
        const service = new LoginService();
        service.answer = answer;
        service.server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => service.#on_request(request, response));
        service.server.on('connection', (socket) => {
            ++service.connections;
            service.#open.add(socket);
            socket.on('close', () => service.#open.delete(socket));
        });
        service.port = await listening(service.server);
        service.url = `http://127.0.0.1:${service.port}/login?key=of-the-operator`;
        return service;
    }

    async #on_request(request, response) {
        const pieces = [];
        for await (const piece of request) pieces.push(piece);
        const question = { ...JSON.parse(Buffer.concat(pieces).toString()), url: request.url, method: request.method, headers: request.headers };
        this.questions.push(question);
        const said = await this.answer(question, response);
        if (typeof said === 'number') response.writeHead(said).end();
        else if (said) response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(said));
    }

    // As a service that keeps no connection for long.
    drop_idle() {
        this.server.closeIdleConnections();
    }

    async stop() {
        if (!this.server.listening) return;
        for (const socket of this.#open) socket.destroy();
        this.server.close();
        await once(this.server, 'close');
    }

    // On the port that it had.
    async start_again() {
        this.server.listen(this.port, '127.0.0.1');
        await once(this.server, 'listening');
    }
}

// Runs `body(service)` against a service of its own.
export async function with_service(answer, body) {
    const service = await LoginService.start(answer);
    try {
        await body(service);
    } finally {
        await service.stop();
    }
}

// A service that says these bytes to whoever has asked, and ends; `more` is said again and again instead of an end.
export async function with_bytes(bytes, more, body) {
    const open = new Set();
    const server = net.createServer((socket) => {
        open.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => open.delete(socket));
        socket.once('data', () => {
            socket.write(bytes);
            if (!more) return socket.end();
            const say = () => {
                while (!socket.destroyed && socket.write(more));
            };
            socket.on('drain', say);
            say();
        });
    });
    const port = await listening(server);
    try {
        await body(`http://127.0.0.1:${port}/`);
    } finally {
        for (const socket of open) socket.destroy();
        server.close();
        await once(server, 'close');
    }
}
