// known_hosts files, as sshd(8) describes them under SSH_KNOWN_HOSTS FILE FORMAT.
//
//   [@revoked|@cert-authority] hosts type base64 [comment]
//
// `hosts` is a comma list of names, [name]:port, patterns with * and ?, negated with !, or one
// hashed name |1|salt|hash. Names compare without case. A line whose negated pattern matches does
// not match at all.
//
// A file is read with tolerance: a malformed line is remembered by its number and skipped, lines
// of key types we do not know are counted and skipped. Line and file length are bounded.
// What a hostile file could do at worst is to name keys, which is what the file is for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/keys/key_error.hpp"
#include "lib/keys/public_key.hpp"
#include "lib/trust/verdict.hpp"

namespace sshauth {

constexpr std::size_t kMaxKnownHostsFile = std::size_t{16} * 1024 * 1024;
constexpr std::size_t kMaxHostName = 1024;
constexpr std::uint16_t kSshPort = 22;

struct KnownHostsLine {
  enum class Marker : std::uint8_t { none, revoked, cert_authority };

  std::string file;
  unsigned number = 0;  // in that file, from 1
  Marker marker = Marker::none;
  std::string hosts;
  std::string type;
  Blob blob;
  std::string comment;

  std::string place() const;  // "known_hosts line 3"
};

struct KnownHostsProblem {
  std::string file;
  unsigned number = 0;
  std::string why;
};

class KnownHosts {
 public:
  // Adds the lines of a file. A file that does not exist is `io` with ENOENT: the caller knows
  // whether that matters. Lines that cannot be read are passed over (problems), but a marked one
  // that may revoke a key makes the file `malformed`: nothing must be accepted by what is left.
  KeyError add_file(const std::string& path);
  // Adds the lines of `text`; `name` stands for the file in reasons.
  KeyError add_text(std::string_view text, const std::string& name);

  // `host` is a name or an address, with or without brackets; `port` is the one connected to.
  //
  // With a port other than 22 the entries for [host]:port count; when none is of the key's type, a
  // key on record for the host without port accepts too, as OpenSSH has it. Revoked lines count
  // in either form. @cert-authority lines never accept a plain key.
  HostKeyDecision check(std::string_view host, std::uint16_t port, Bytes blob) const;

  // Key types on record for this host (with its port first), in the order of the files, each once:
  // host key algorithms that fit them go first in the negotiation.
  std::vector<std::string> key_types(std::string_view host, std::uint16_t port) const;

  // All lines that match; the second, the certificate authorities for this host; the third, the
  // revoked keys, those of the host without port among them.
  std::vector<const KnownHostsLine*> find(std::string_view host, std::uint16_t port) const;
  std::vector<const KnownHostsLine*> authorities(std::string_view host, std::uint16_t port) const;
  std::vector<const KnownHostsLine*> revoked(std::string_view host, std::uint16_t port) const;

  // Whether some line of `file` has its host names hashed: then those added should be, too.
  bool hides_names(std::string_view file) const noexcept;

  const std::vector<KnownHostsLine>& lines() const noexcept { return lines_; }
  const std::vector<KnownHostsProblem>& problems() const noexcept { return problems_; }
  std::size_t malformed_lines() const noexcept { return problems_.size(); }
  std::size_t unknown_type_lines() const noexcept { return unknown_types_; }

 private:
  KeyError add_line(std::string_view text, const std::string& file, unsigned number);

  std::vector<KnownHostsLine> lines_;
  std::vector<KnownHostsProblem> problems_;
  std::size_t unknown_types_ = 0;
};

// "host", or "[host]:port" where the port is not 22; lower case.
std::string known_hosts_name(std::string_view host, std::uint16_t port);

// Whether the `hosts` field of a line matches a name that known_hosts_name made.
bool known_hosts_match(std::string_view hosts, std::string_view name);

// Adds a line for a host key that was accepted, in one write to a file opened with O_APPEND and
// made with 0600 and O_EXCL if it is not there. `hashed` hides the name (|1|salt|hash). Names that
// would read as a pattern are refused.
KeyError append_known_host(const std::string& path, std::string_view host, std::uint16_t port,
                           Bytes blob, bool hashed, std::string_view comment = {});

}  // namespace sshauth
