#pragma once

#include <string>
#include <string_view>

namespace gim::storage {

// The names of what is kept in Redis. What is in braces decides where Redis Cluster keeps a key, so
// all keys of one session are in one place and a script may have them all, and so are those of one
// user, of one node, and of all.
class redis_keys {
public:
    explicit redis_keys(std::string prefix) : prefix_(std::move(prefix)), epoch_(of_all("epoch")) {}

    // --- of a session, named by its text
    std::string head(std::string_view session) const { return of(session, ":head"); }
    std::string messages(std::string_view session) const { return of(session, ":messages"); }
    std::string members(std::string_view session) const { return of(session, ":members"); }
    std::string request(std::string_view session, std::string_view sender, std::string_view id)
        const {
        return of(session, ":request:").append(sender).append(":").append(id);
    }
    // Where its messages are published; a room's only.
    std::string channel(std::string_view session) const { return of(session, ""); }

    // --- of a user
    std::string name(std::string_view user) const { return of_user(user, ":name"); }
    std::string rooms_of(std::string_view user) const { return of_user(user, ":rooms"); }
    std::string private_list(std::string_view user) const { return of_user(user, ":private"); }
    std::string touches(std::string_view user) const { return of_user(user, ":touches"); }
    // Where private messages and changes of membership are published.
    std::string user_channel(std::string_view user) const { return of_user(user, ""); }
    // The same in two parts, with the user between them.
    std::string user_channel_begin() const { return prefix_ + "{u:"; }
    static std::string user_channel_end() { return "}"; }

    // --- of a node
    std::string node(std::string_view id) const { return of_node(id, ""); }
    // How many connections users have there.
    std::string node_users(std::string_view id) const { return of_node(id, ":users"); }
    // How many receive a room there.
    std::string node_rooms(std::string_view id) const { return of_node(id, ":rooms"); }

    // --- of all
    std::string nodes() const { return of_all("nodes"); }
    std::string rooms() const { return of_all("rooms"); }
    const std::string& epoch() const noexcept { return epoch_; }
    // Whose number it is, for the ids of messages.
    std::string number(unsigned n) const { return of_all("number:").append(std::to_string(n)); }

private:
    std::string of(std::string_view session, std::string_view what) const {
        std::string key;
        key.reserve(prefix_.size() + session.size() + what.size() + 2);
        return key.append(prefix_).append("{").append(session).append("}").append(what);
    }
    std::string of_user(std::string_view user, std::string_view what) const {
        std::string key;
        key.reserve(prefix_.size() + user.size() + what.size() + 4);
        return key.append(prefix_).append("{u:").append(user).append("}").append(what);
    }
    std::string of_node(std::string_view id, std::string_view what) const {
        return std::string(prefix_).append("{node:").append(id).append("}").append(what);
    }

    std::string of_all(std::string_view what) const {
        return std::string(prefix_).append("{all}:").append(what);
    }

    std::string prefix_;
    std::string epoch_;  // the one that is asked for all the time
};

}  // namespace gim::storage
