// The three ways to write a frame. encode({ op, seq, body }) gives what ws sends; decode(bytes) gives { op, seq, form, body }.
import { decode_protobuf, encode_protobuf } from './protobuf.mjs';

function decode_json(bytes) {
    const frame = JSON.parse(bytes.toString());
    const is_text = typeof frame.body === 'string';
    return { op: frame.op, seq: frame.seq, form: is_text ? 'text' : 'object', body: is_text ? JSON.parse(frame.body) : frame.body };
}

export const forms = {
    text: {
        encode: ({ op, seq, body }) => JSON.stringify({ op, seq, body: body && JSON.stringify(body) }),
        decode: decode_json,
    },
    object: {
        encode: ({ op, seq, body }) => JSON.stringify({ op, seq, body }),
        decode: decode_json,
    },
    protobuf: { encode: encode_protobuf, decode: decode_protobuf },
};
