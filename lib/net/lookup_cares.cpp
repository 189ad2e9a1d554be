// A question to the hosts file and DNS through c-ares: one channel each.
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <new>
#include <vector>

#include "lib/net/cares.hpp"
#include "lib/net/lookup_rows.hpp"

namespace sshauth {
namespace {

constexpr std::size_t kMaxWatched = 64;  // two a server

int code_of(int status) noexcept {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
    case ARES_ENONAME: return 11001;
    case ARES_ENODATA: return 11004;
    case ARES_ESERVFAIL:
    case ARES_ECONNREFUSED:
    case ARES_ETIMEOUT:
    case ARES_EOF: return 11002;
    case ARES_ENOMEM: return 10055;
    case ARES_EBADFAMILY: return 10047;
    default: return 11003;
  }
}

std::string_view detail_of(int status) noexcept {
  switch (status) {
    case ARES_ENOTFOUND:
      return " in the hosts file or in DNS (for other name services see SystemResolver)";
    case ARES_EBADNAME: return " (it is no domain name)";
    case ARES_ESERVFAIL: return " (SERVFAIL: the server could not find out)";
    case ARES_ECONNREFUSED: return " (no server could be reached)";
    case ARES_ETIMEOUT: return " (the servers kept silent)";
    case ARES_EFORMERR: return " (FORMERR)";
    case ARES_EREFUSED: return " (REFUSED)";
    case ARES_ENOTIMP: return " (NOTIMP)";
    case ARES_EBADRESP: return " (its answer is malformed)";
    default: return "";
  }
}

NetError error_of(int status, const std::string& name) {
  const int code = code_of(status);
  return {code, 0,
          "cannot find the address of " + name + ": " + std::string(net_code_text(code)) +
              std::string(detail_of(status))};
}

class DnsQuestion final : public Question {
 public:
  DnsQuestion(const CaresLibrary& cares, WaitSet& set, const std::string& name, int family,
              const LookupOptions& options)
      : cares_(cares), set_(set), name_(name), family_(family), options_(options) {
    found_.over = false;
    watched_.reserve(kMaxWatched);  // c-ares must not be thrown through
    ask(0);
    settle();
  }
  ~DnsQuestion() override { close(); }

  void step() override;
  std::optional<std::uint64_t> wait_ms() const override;

 private:
  struct Watched {
    int fd;
    bool read, write;
  };
  struct FreeList {
    const CaresLibrary* cares;
    void operator()(ares_addrinfo* list) const noexcept { cares->freeaddrinfo(list); }
  };

  void ask(int flags);
  int open(int flags);
  void close() noexcept;
  void settle();
  void answered(int status, ares_addrinfo* raw);
  void watch(int fd, bool read, bool write);

  const CaresLibrary& cares_;
  WaitSet& set_;
  std::string name_;
  int family_;
  LookupOptions options_;
  ares_channel channel_ = nullptr;
  std::vector<Watched> watched_;
  bool answered_ = false;
  bool asked_again_ = false;
  int status_ = ARES_SUCCESS;
};

int DnsQuestion::open(int flags) {
  ares_options o{};
  int mask = ARES_OPT_SOCK_STATE_CB;
  o.sock_state_cb = [](void* self, ares_socket_t fd, int read, int write) {
    static_cast<DnsQuestion*>(self)->watch(fd, read != 0, write != 0);
  };
  o.sock_state_cb_data = this;
  if (flags != 0) {
    mask |= ARES_OPT_FLAGS;
    o.flags = flags;
  }
  if (options_.attempt_ms != 0) {
    mask |= ARES_OPT_TIMEOUTMS;
    o.timeout = static_cast<int>(options_.attempt_ms);
  }
  if (options_.attempts != 0) {
    mask |= ARES_OPT_TRIES;
    o.tries = static_cast<int>(options_.attempts);
  }
  // RFC 1034 §3.1: a name that ends with a dot is complete, no search domain is put behind it.
  char* search = options_.search.data();
  if (name_.ends_with('.') || !options_.search.empty()) {
    mask |= ARES_OPT_DOMAINS;
    o.domains = &search;
    o.ndomains = name_.ends_with('.') ? 0 : 1;
  }
  if (const int status = cares_.init_options(&channel_, &o, mask); status != ARES_SUCCESS) {
    channel_ = nullptr;
    return status;
  }
  if (options_.servers.empty()) return ARES_SUCCESS;
  return cares_.set_servers_ports_csv(channel_, options_.servers.c_str());
}

void DnsQuestion::ask(int flags) {
  answered_ = false;
  if (const int status = open(flags); status != ARES_SUCCESS) {
    answered_ = true;
    status_ = status;
    return;
  }
  ares_addrinfo_hints hints{};
  hints.ai_family = family_;
  hints.ai_socktype = SOCK_STREAM;
  std::string name = name_;
  if (name.ends_with('.')) name.pop_back();
  cares_.getaddrinfo(
      channel_, name.c_str(), nullptr, &hints,
      [](void* self, int status, int, ares_addrinfo* list) {
        static_cast<DnsQuestion*>(self)->answered(status, list);
      },
      this);
}

// Called by c-ares, through which nothing may be thrown; and once more by close, with nothing.
void DnsQuestion::answered(int status, ares_addrinfo* raw) {
  const std::unique_ptr<ares_addrinfo, FreeList> list(raw, FreeList{&cares_});
  if (found_.over || status == ARES_EDESTRUCTION) return;
  answered_ = true;
  status_ = status;
  if (status != ARES_SUCCESS || list == nullptr) return;
  try {
    for (const ares_addrinfo_node* at = list->nodes;
         at != nullptr && found_.addresses.size() < kMaxAddresses; at = at->ai_next) {
      const Address address(at->ai_addr, at->ai_addrlen);
      if (address.family() == family_) found_.addresses.push_back(address);
    }
    if (found_.addresses.empty()) status_ = ARES_ENODATA;
  } catch (...) {
    found_.addresses.clear();
    status_ = ARES_ENOMEM;
  }
}

void DnsQuestion::watch(int fd, bool read, bool write) {
  const auto at =
      std::find_if(watched_.begin(), watched_.end(), [fd](const Watched& w) { return w.fd == fd; });
  // What is not served must not wake anybody either.
  if (at == watched_.end() && watched_.size() >= kMaxWatched) return;
  set_.watch(fd, read, write);
  if (!read && !write) {
    if (at != watched_.end()) watched_.erase(at);
  } else if (at != watched_.end()) {
    *at = {fd, read, write};
  } else {
    watched_.push_back({fd, read, write});
  }
}

void DnsQuestion::step() {
  if (found_.over) return;
  // A copy: what c-ares is told of one descriptor may close another.
  const std::vector<Watched> watched = watched_;
  for (const Watched& w : watched) {
    pollfd one{w.fd, static_cast<short>((w.read ? POLLIN : 0) | (w.write ? POLLOUT : 0)), 0};
    if (answered_ || ::poll(&one, 1, 0) <= 0) continue;
    cares_.process_fd(channel_, w.read ? w.fd : ARES_SOCKET_BAD, w.write ? w.fd : ARES_SOCKET_BAD);
  }
  if (!answered_) cares_.process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  settle();
}

void DnsQuestion::settle() {
  if (!answered_) return;
  // Older c-ares tries one server after the other, and tells of a SERVFAIL, REFUSED or NOTIMP as if
  // no server had been there. Asked again, it tells what the first one says.
  if (status_ == ARES_ECONNREFUSED && !asked_again_) {
    asked_again_ = true;
    close();
    ask(ARES_FLAG_NOCHECKRESP);
    if (!answered_) return;
  }
  if (status_ != ARES_SUCCESS) found_.error = error_of(status_, name_);
  found_.over = true;
  close();
}

void DnsQuestion::close() noexcept {
  if (channel_ != nullptr) cares_.destroy(channel_);
  channel_ = nullptr;
  watched_.clear();
}

std::optional<std::uint64_t> DnsQuestion::wait_ms() const {
  timeval room{};
  const timeval* left = channel_ != nullptr ? cares_.timeout(channel_, nullptr, &room) : nullptr;
  if (left == nullptr) return std::nullopt;
  return static_cast<std::uint64_t>(left->tv_sec) * 1000 +
         (static_cast<std::uint64_t>(left->tv_usec) + 999) / 1000;
}

}  // namespace

bool lookup_is_asynchronous() noexcept { return cares_library() != nullptr; }

std::unique_ptr<Question> ask_dns(WaitSet& set, const std::string& name, int family,
                                  const LookupOptions& options) {
  return std::make_unique<DnsQuestion>(*cares_library(), set, name, family, options);
}

}  // namespace sshauth
