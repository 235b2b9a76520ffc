// A process that attacks a server on the loopback: what its parent says, then it ends. It also ends with its parent.
import * as commands from './command_attacks.mjs';
import * as doors from './door_attacks.mjs';
import * as frames from './frame_attacks.mjs';
import * as readers from './reader_attacks.mjs';
import * as slow from './slow_attacks.mjs';
import * as storms from './storm_attacks.mjs';

const attacks = { ...commands, ...doors, ...frames, ...readers, ...slow, ...storms };

process.on('disconnect', () => process.exit(1));
process.once('message', async ({ attack, target }) => {
    try {
        const seen = await attacks[attack]({ ...target, until: Date.now() + target.seconds * 1000 });
        process.send({ seen }, () => process.exit(0));
    } catch (failure) {
        process.send({ failure: failure.stack }, () => process.exit(1));
    }
});
