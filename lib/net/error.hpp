// NetError: what went wrong below SSH, as the SSHAuth object tells it: a code and a sentence.
//
// Codes: 10004..10093 an errno, 11001..11004 a resolver error, 118 a proxy, 201 a timeout, 301 an
// interrupt, 1120 the peer closed the connection. 0 is success.
#pragma once

#include <string>
#include <string_view>

namespace sshauth {

enum : int {
  kNetOk = 0,
  kNetWouldBlock = 135,
  kNetProxy = 118,
  kNetTimeout = 201,
  kNetInterrupted = 301,
  kNetConnectionLost = 1120,
  kNetNoMemory = 10055,
};

struct [[nodiscard]] NetError {
  int code = kNetOk;
  int os_error = 0;  // errno, where there was one
  std::string text;

  bool ok() const noexcept { return code == kNetOk; }
};

// The object's code for an errno; 10022 (invalid argument) for one that has no row.
int net_code_of_errno(int os_error) noexcept;
// Our sentence for a code of 10004..11004; empty for others.
std::string_view net_code_text(int code) noexcept;

// "cannot connect to 127.0.0.1 port 22: nothing listens there (connection refused)"; without
// `doing` the reason alone.
NetError net_error_of_errno(int os_error, std::string_view doing);
// `result` is what getaddrinfo returned, `os_error` errno as it left it.
NetError net_error_of_resolver(int result, int os_error, std::string_view host);

}  // namespace sshauth
