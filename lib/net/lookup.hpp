// Lookup: a host's addresses, found without waiting.
//
// An address needs no asking. A name is asked of the hosts file and of DNS by c-ares, for each
// family apart, so that one may be used while the other is still unanswered (RFC 8305 §3). It
// starts no thread. Where c-ares is not installed, or LookupOptions::system asks for it, the C
// library looks the name up in the first step, and blocks while it does.
//
// Whatever a server answers is bounded: kMaxAddresses of each family are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/net/address.hpp"
#include "lib/net/options.hpp"
#include "lib/net/wait_set.hpp"

namespace sshauth {

struct LookupOptions {
  // getaddrinfo instead of c-ares: for names that only modules of nsswitch.conf know (mDNS, LDAP,
  // containers). It blocks.
  bool system = false;
  // The rest is for c-ares alone; empty and 0: what the system's files say.
  std::string servers;      // "192.0.2.1:53,[2001:db8::1]:53"
  std::string search;       // one domain for names without a dot
  unsigned attempt_ms = 0;  // until a server that is silent is given up
  unsigned attempts = 0;    // of each server
};

// Whether names are looked up without blocking here.
bool lookup_is_asynchronous() noexcept;

// The answer for one family.
struct FoundAddresses {
  bool over = true;
  std::vector<Address> addresses;
  NetError error;  // over, and there is none
};

// One question that is under way.
class Question {
 public:
  virtual ~Question() = default;
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  virtual void step() = 0;
  // Milliseconds until step is due although no descriptor is ready.
  virtual std::optional<std::uint64_t> wait_ms() const = 0;
  const FoundAddresses& found() const noexcept { return found_; }

 protected:
  Question() = default;
  FoundAddresses found_;
};

class Lookup {
 public:
  // The set outlives the look-up: it is readable when step has something to do.
  Lookup(WaitSet& set, std::string_view host, std::uint16_t port, IpMode mode,
         const LookupOptions& options);

  void step();
  std::optional<std::uint64_t> wait_ms() const;

  const FoundAddresses& v6() const noexcept { return v6_.found; }
  const FoundAddresses& v4() const noexcept { return v4_.found; }
  bool over() const noexcept { return v6_.found.over && v4_.found.over; }
  // Once it is over: ok when there is an address.
  NetError error() const;
  // Every address there is so far, IPv6 first.
  std::vector<Address> addresses() const;

 private:
  struct Half {
    std::unique_ptr<Question> question;
    FoundAddresses found;
  };

  void refuse(NetError why);
  void ask(WaitSet& set, const LookupOptions& options);
  void ask_system();
  void take(Half& half);

  std::string name_;
  std::uint16_t port_;
  IpMode mode_;
  bool ask_system_ = false;
  Half v6_, v4_;
};

}  // namespace sshauth
