// The opcodes of docs/protocol.md.
export const op = {
    login: 101,
    logout: 103,
    heartbeat: 105,
    notice: 107,
    refresh: 109,
    send: 201,
    history: 203,
    sessions: 205,
    push: 207,
    join: 301,
    leave: 303,
    members: 305,
};

// The name of a number, for messages.
export const op_of = (number) => Object.keys(op).find((name) => op[name] === number) ?? `op ${number}`;
