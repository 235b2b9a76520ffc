// The npm package ws as a chat server: the path is the room; "@NAME " in front of a message sends it to another room.
import { WebSocketServer } from 'ws';

const rooms = new Map();
const members_of = (name) => {
    if (!rooms.has(name)) rooms.set(name, new Set());
    return rooms.get(name);
};

const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.argv[2]), perMessageDeflate: false, backlog: 4096 });
server.on('connection', (socket, request) => {
    const room = members_of(request.url.slice(1));
    room.add(socket);
    socket.on('close', () => room.delete(socket));
    socket.on('message', (data) => {
        const text = data.toString();
        const to = text.startsWith('@') ? members_of(text.slice(1, text.indexOf(' '))) : room;
        for (const member of to) member.send(text);
    });
});
