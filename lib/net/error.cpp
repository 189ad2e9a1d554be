#include "lib/net/error.hpp"

#include <netdb.h>

#include <cerrno>

namespace sshauth {
namespace {

struct Row {
  int code;
  int os_error;  // 0: no errno of this system
  std::string_view text;
};

// The numbers are Berkeley's plus 10000, as the object has always told them. Where two errno share
// a row, the first is the row's own.
constexpr Row kRows[] = {
    Row{10004, EINTR, "a signal interrupted the call"},
    Row{10009, EBADF, "the descriptor is not open"},
    Row{10013, EACCES, "the system does not permit it"},
    Row{10013, EPERM, "the system or a packet filter does not permit it"},
    Row{10014, EFAULT, "a memory address is not valid"},
    Row{10022, EINVAL, "an argument is not valid"},
    Row{10024, EMFILE, "this process has too many files open"},
    Row{10024, ENFILE, "the system has too many files open"},
    Row{10035, EWOULDBLOCK, "it cannot be done without waiting"},
    Row{10036, EINPROGRESS, "it is still in progress"},
    Row{10037, EALREADY, "it was started before and is in progress"},
    Row{10038, ENOTSOCK, "the descriptor is not a socket"},
    Row{10039, EDESTADDRREQ, "a destination address is needed"},
    Row{10040, EMSGSIZE, "the message is too long"},
    Row{10041, EPROTOTYPE, "the protocol does not fit the socket"},
    Row{10042, ENOPROTOOPT, "the system does not know this socket option"},
    Row{10043, EPROTONOSUPPORT, "the system does not support this protocol"},
    Row{10044, ESOCKTNOSUPPORT, "the system does not support this kind of socket"},
    Row{10045, EOPNOTSUPP, "the socket does not support this operation"},
    Row{10046, EPFNOSUPPORT, "the system does not support this protocol family"},
    Row{10047, EAFNOSUPPORT, "the system does not support this address family"},
    Row{10048, EADDRINUSE, "the local address and port are in use"},
    Row{10049, EADDRNOTAVAIL, "the address cannot be used on this machine"},
    Row{10050, ENETDOWN, "the network is down"},
    Row{10051, ENETUNREACH, "no route leads to that network"},
    Row{10052, ENETRESET, "the network dropped the connection"},
    Row{10053, ECONNABORTED, "the connection was given up on this side"},
    Row{10054, ECONNRESET, "the other side reset the connection"},
    Row{10054, EPIPE, "the other side no longer receives"},
    Row{10055, ENOBUFS, "the system has no buffer space left"},
    Row{10055, ENOMEM, "the system has no memory left"},
    Row{10056, EISCONN, "the socket is connected already"},
    Row{10057, ENOTCONN, "the socket is not connected"},
    Row{10058, ESHUTDOWN, "sending was shut down before"},
    Row{10059, ETOOMANYREFS, "too many references"},
    Row{10060, ETIMEDOUT, "nothing answered in time"},
    Row{10061, ECONNREFUSED, "nothing listens there (connection refused)"},
    Row{10062, ELOOP, "too many symbolic links lead on"},
    Row{10063, ENAMETOOLONG, "the name is too long"},
    Row{10064, EHOSTDOWN, "the host is down"},
    Row{10065, EHOSTUNREACH, "no route leads to that host"},
    Row{10066, ENOTEMPTY, "the directory is not empty"},
    Row{10067, 0, "too many processes"},
    Row{10068, EUSERS, "too many users"},
    Row{10069, EDQUOT, "the disc quota is used up"},
    Row{10070, ESTALE, "the file handle is no longer valid"},
    Row{10071, EREMOTE, "the path is remote more than once"},
    Row{10091, 0, "the network subsystem is not available"},
    Row{10092, 0, "the network subsystem has another version"},
    Row{10093, 0, "the network subsystem was not started"},
    Row{11001, 0, "there is no host of that name"},
    Row{11002, 0, "the name servers gave no answer; try again or check the name service's set-up"},
    Row{11003, 0, "the name service refused the question for good"},
    Row{11004, 0, "the name exists, but has no address of the kind asked for"},
};

const Row* row_of_errno(int os_error) noexcept {
  for (const Row& row : kRows)
    if (row.os_error == os_error && os_error != 0) return &row;
  return nullptr;
}

int code_of_resolver(int result) noexcept {
  switch (result) {
    case EAI_NONAME: return 11001;
    case EAI_AGAIN: return 11002;
    case EAI_NODATA:
    case EAI_ADDRFAMILY: return 11004;
    case EAI_MEMORY: return 10055;
    case EAI_FAMILY: return 10047;
    default: return 11003;
  }
}

}  // namespace

int net_code_of_errno(int os_error) noexcept {
  const Row* row = row_of_errno(os_error);
  return row != nullptr ? row->code : 10022;
}

std::string_view net_code_text(int code) noexcept {
  for (const Row& row : kRows)
    if (row.code == code) return row.text;
  return {};
}

NetError net_error_of_errno(int os_error, std::string_view doing) {
  const Row* row = row_of_errno(os_error);
  std::string text(doing);
  if (!text.empty()) text += ": ";
  if (row != nullptr)
    text += row->text;
  else
    text += "the system's error " + std::to_string(os_error);
  return {net_code_of_errno(os_error), os_error, std::move(text)};
}

NetError net_error_of_resolver(int result, int os_error, std::string_view host) {
  const std::string doing = "cannot find the address of " + std::string(host);
  if (result == EAI_SYSTEM && os_error != 0) return net_error_of_errno(os_error, doing);
  const int code = code_of_resolver(result);
  return {code, 0, doing + ": " + std::string(net_code_text(code))};
}

}  // namespace sshauth
