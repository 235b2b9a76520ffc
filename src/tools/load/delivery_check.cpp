#include "tools/load/delivery_check.hpp"

#include <algorithm>

namespace gim::load {

delivery_check::delivery_check(const std::vector<channel>& channels) : accepted_(channels.size()) {
    std::size_t pairs = 0;
    for (std::size_t c = 0; c < channels.size(); ++c) {
        for (std::size_t i = 0; i < channels[c].senders; ++i) {
            senders_.push_back({.channel = c, .place = i});
        }
        for (std::size_t i = 0; i < channels[c].receivers; ++i) {
            receivers_.push_back({.channel = c, .first = pairs});
            pairs += channels[c].senders;
        }
    }
    next_.resize(pairs);
}

void delivery_check::on_sent(std::size_t number) {
    ++senders_[number].sent;
    ++accepted_[senders_[number].channel];
}

void delivery_check::on_refused(std::size_t number) {
    --accepted_[senders_[number].channel];
    ++refused_;
}

delivery_check::outcome
delivery_check::on_delivered(std::size_t to, std::size_t from, std::uint32_t index) {
    receiver& r = receivers_[to];
    if (from >= senders_.size() || senders_[from].channel != r.channel ||
        index >= senders_[from].sent) {
        ++stray_;
        return outcome::stray;
    }
    const std::size_t pair = r.first + senders_[from].place;
    std::uint32_t& next = next_[pair];
    if (index < next) {
        if (!fill(pair, index)) {
            ++duplicated_;
            return outcome::again;
        }
        ++r.delivered;
        ++out_of_order_;
        return outcome::late;
    }
    if (index > next) {
        gaps_[pair].push_back({next, index});
    }
    next = index + 1;
    ++r.delivered;
    return outcome::in_order;
}

// Takes the index out of what is missing. False: it was not missing.
bool delivery_check::fill(std::size_t pair, std::uint32_t index) {
    const auto found = gaps_.find(pair);
    if (found == gaps_.end()) {
        return false;
    }
    std::vector<gap>& gaps = found->second;
    const auto at = std::upper_bound(
        gaps.begin(), gaps.end(), index, [](std::uint32_t i, const gap& g) { return i < g.end; }
    );
    if (at == gaps.end() || index < at->begin) {
        return false;
    }
    const gap rest{index + 1, at->end};
    at->end = index;
    if (at->begin == at->end) {
        *at = rest;
        if (rest.begin == rest.end) {
            gaps.erase(at);
        }
    } else if (rest.begin < rest.end) {
        gaps.insert(at + 1, rest);
    }
    return true;
}

void delivery_check::on_skipped(std::size_t to, std::uint64_t messages) {
    receivers_[to].skipped += messages;
}

std::uint64_t delivery_check::owed_to(std::size_t to) const {
    const receiver& r = receivers_[to];
    const std::uint64_t known = r.delivered + r.skipped;
    const std::uint64_t accepted = accepted_[r.channel];
    return accepted > known ? accepted - known : 0;
}

delivery_check::totals delivery_check::result() const {
    totals t;
    for (const sender& s : senders_) {
        t.sent += s.sent;
    }
    for (std::size_t i = 0; i < receivers_.size(); ++i) {
        t.expected += accepted_[receivers_[i].channel];
        t.delivered += receivers_[i].delivered;
        t.skipped += receivers_[i].skipped;
        t.lost += owed_to(i);
    }
    t.refused = refused_;
    t.duplicated = duplicated_;
    t.out_of_order = out_of_order_;
    t.stray = stray_;
    return t;
}

}  // namespace gim::load
