#include "lib/net/dialer.hpp"

#include <algorithm>

namespace sshauth {

Dialer::Dialer(WaitSet& set, std::string_view host, std::uint16_t port,
               const SocketOptions& options, const LookupOptions& lookup)
    : local_host_(options.local_host),
      local_port_(options.local_port),
      lookup_(set, host, port, options.ip_mode, lookup),
      connector_(set, options) {
  if (local_host_.empty()) {
    connector_.set_local({"", {}, local_port_});
  } else if (std::vector<Address> at = interface_addresses(local_host_); !at.empty()) {
    connector_.set_local({local_host_, std::move(at), local_port_});
  } else {
    local_lookup_.emplace(set, local_host_, local_port_, IpMode::v6_preferred, lookup);
  }
}

Dialer::State Dialer::step(std::uint64_t now) {
  if (!lookup_.over()) lookup_.step();
  if (!local_ready()) return error_.ok() ? State::working : State::failed;
  feed(now);
  const State state = connector_.step(now);
  if (state != State::failed) return state;
  if (connector_.started()) {
    error_ = connector_.error();
  } else {
    error_ = lookup_.error();
    if (error_.ok() && any_address_)
      error_ = {102, 0, "the host's address is 0.0.0.0 or ::, which is nobody's"};
  }
  return state;
}

// False while the local host is looked up, and when that failed.
bool Dialer::local_ready() {
  if (!local_lookup_) return true;
  if (!local_lookup_->over()) local_lookup_->step();
  if (!local_lookup_->over()) return false;
  error_ = local_lookup_->error();
  if (!error_.ok()) {
    error_.text = "LocalHost: " + error_.text;
    return false;
  }
  connector_.set_local({local_host_, local_lookup_->addresses(), local_port_});
  local_lookup_.reset();
  return true;
}

// RFC 8305 §3: IPv6 at once, IPv4 once the answer about IPv6 is there or late.
void Dialer::feed(std::uint64_t now) {
  if (!fed_v6_ && lookup_.v6().over) {
    fed_v6_ = true;
    add(lookup_.v6().addresses);
  }
  if (!fed_v4_ && lookup_.v4().over) {
    if (!v4_at_) v4_at_ = now;
    fed_v4_ = fed_v6_ || now >= *v4_at_ + kResolutionDelay;
    if (fed_v4_) add(lookup_.v4().addresses);
  }
  if (fed_v6_ && fed_v4_) connector_.no_more();
}

void Dialer::add(const std::vector<Address>& found) {
  std::vector<Address> targets = found;
  const auto nobody =
      std::remove_if(targets.begin(), targets.end(), [](const Address& a) { return a.is_any(); });
  any_address_ = any_address_ || nobody != targets.end();
  targets.erase(nobody, targets.end());
  connector_.add(targets);
}

std::optional<std::uint64_t> Dialer::wake_at(std::uint64_t now) const {
  std::optional<std::uint64_t> at;
  const auto sooner = [&](std::uint64_t when) { at = at ? std::min(*at, when) : when; };
  const auto ms_of = [&](const Lookup& lookup) {
    if (const auto ms = lookup.wait_ms(); ms) sooner(now + *ms);
  };
  ms_of(lookup_);
  if (local_lookup_) return ms_of(*local_lookup_), at;
  if (v4_at_ && !fed_v4_) sooner(*v4_at_ + kResolutionDelay);
  if (const auto next = connector_.next_attempt(); next) sooner(*next);
  return at;
}

}  // namespace sshauth
