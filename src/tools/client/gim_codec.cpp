#include "tools/client/gim_codec.hpp"

#include "tools/client/gim_json.hpp"
#include "tools/client/gim_proto.hpp"

namespace gim::client {

const gim_codec& codec_of(gim_form form) {
    static const gim_json text(gim_form::json_text);
    static const gim_json object(gim_form::json_object);
    static const gim_proto protobuf;
    switch (form) {
        case gim_form::json_text:
            return text;
        case gim_form::json_object:
            return object;
        case gim_form::protobuf:
            break;
    }
    return protobuf;
}

}  // namespace gim::client
