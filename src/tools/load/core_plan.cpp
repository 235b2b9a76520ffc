#include "tools/load/core_plan.hpp"

#include <algorithm>
#include <sched.h>

namespace gim::load {

namespace {

std::string listed(const std::vector<std::size_t>& cores) {
    std::string text = cores.size() > 1 ? "cores " : "core ";
    for (std::size_t i = 0; i < cores.size(); ++i) {
        text += (i > 0 ? ", " : "") + std::to_string(cores[i]);
    }
    return text;
}

}  // namespace

std::vector<std::size_t> usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<std::size_t> cores;
    if (::sched_getaffinity(0, sizeof(set), &set) == 0) {
        for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
            if (CPU_ISSET(core, &set)) {
                cores.push_back(core);
            }
        }
    }
    return cores;
}

core_plan
plan_cores(const std::vector<std::size_t>& cores, std::size_t workers, beside_server beside) {
    const bool with_redis = beside == beside_server::redis;
    core_plan plan;
    if (cores.size() < 2) {
        plan.redis_shares_generator = with_redis;
        plan.text = std::string(with_redis ? "server, Redis" : "server") +
                    " and generator share the only core";
        return plan;
    }
    const auto last = cores.begin() + static_cast<std::ptrdiff_t>(std::min(workers, cores.size()));
    plan.server.assign(cores.begin(), last);
    plan.generator = {cores.back()};
    std::size_t first_of_others = cores.back();
    if (with_redis) {
        plan.redis_shares_generator = cores.size() < 3;
        plan.redis = {plan.redis_shares_generator ? cores.back() : cores[cores.size() - 2]};
        first_of_others = plan.redis.front();
    }
    plan.text = "server on " + listed(plan.server);
    if (with_redis && plan.redis_shares_generator) {
        plan.text += ", Redis and generator on " + listed(plan.generator);
    } else {
        plan.text += (with_redis ? ", Redis on " + listed(plan.redis) : "") + ", generator on " +
                     listed(plan.generator);
    }
    if (plan.server.back() >= first_of_others) {
        plan.text += with_redis ? ", of which the server has some, too" : ", which they share";
    }
    return plan;
}

void pin_self(const std::vector<std::size_t>& cores) {
    if (cores.empty()) {
        return;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const std::size_t core : cores) {
        CPU_SET(core, &set);
    }
    ::sched_setaffinity(0, sizeof(set), &set);
}

}  // namespace gim::load
