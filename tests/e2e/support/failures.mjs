// Says more with a failure. Reporters show the stack, which assert has made before anybody can add to the message.
export function add_to(failure, text) {
    const { stack } = failure;
    failure.message += `\n${text}`;
    failure.stack = `${stack}\n${text}`;
}
