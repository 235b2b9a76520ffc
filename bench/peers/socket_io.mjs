// The npm package socket.io as a chat server, on its WebSocket transport alone.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
    socket.on('join', async (room, done) => {
        await socket.join(room);
        done();
    });
    socket.on('say', (room, text) => io.to(room).emit('m', text));
});
http.listen({ host: '127.0.0.1', port: Number(process.argv[2]), backlog: 4096 });
