// Adds a host key that was accepted to a known_hosts file.
#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/trust/host_pattern.hpp"
#include "lib/trust/known_hosts.hpp"

namespace sshauth {
namespace {

// A name of *, or one with a comma, would accept the key for other hosts too, brackets for another
// port; one that begins with @, #, ! or | would not be read as a name.
bool reads_as_one_name(std::string_view host) noexcept {
  if (host.empty() || host.size() > kMaxHostName) return false;
  if (std::string_view("@#|!").find(host[0]) != std::string_view::npos) return false;
  for (const char c : host)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f ||
        std::string_view(",*?[]").find(c) != std::string_view::npos)
      return false;
  return true;
}

// Whether what is there ends inside a line: then ours must begin with a line end.
bool ends_inside_a_line(int fd) noexcept {
  struct stat facts {};
  char last = '\n';
  return ::fstat(fd, &facts) == 0 && facts.st_size > 0 &&
         ::pread(fd, &last, 1, facts.st_size - 1) == 1 && last != '\n';
}

// O_EXCL where the file is new: a link that leads nowhere is not followed to make one elsewhere.
int open_for_appending(const std::string& path) noexcept {
  constexpr int kHow = O_RDWR | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  const int there = ::open(path.c_str(), kHow);
  if (there >= 0 || errno != ENOENT) return there;
  const int made = ::open(path.c_str(), kHow | O_CREAT | O_EXCL, 0600);
  if (made >= 0 || errno != EEXIST) return made;
  return ::open(path.c_str(), kHow);  // somebody else was quicker
}

KeyError append(const std::string& path, std::string line) {
  const int fd = open_for_appending(path);
  if (fd < 0) return file_error(path, "cannot be opened for appending", errno);
  struct stat facts {};
  if (::fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    ::close(fd);
    return unfit_file(path, "is not a regular file", EINVAL);
  }
  if (ends_inside_a_line(fd)) line.insert(line.begin(), '\n');
  // One write, so that lines of processes appending at the same time do not mix.
  const ssize_t n = ::write(fd, line.data(), line.size());
  const int error = n < 0 ? errno : ENOSPC;
  const bool closed = ::close(fd) == 0;
  if (n != static_cast<ssize_t>(line.size())) return file_error(path, "cannot be written", error);
  return closed ? KeyError{} : file_error(path, "cannot be written", errno);
}

}  // namespace

KeyError append_known_host(const std::string& path, std::string_view host, std::uint16_t port,
                           Bytes blob, bool hashed, std::string_view comment) {
  if (path.find('\0') != std::string::npos)
    return unfit_file(path, "a file name holds no NUL", ENOENT);
  std::string name = known_hosts_name(host, port);
  if (!reads_as_one_name(without_brackets(host)))
    return {KeyErrc::bad_argument, "\"" + printable(host) +
                                       "\" cannot stand in known_hosts: it would read as a "
                                       "pattern or as several names"};
  PublicKeyView view;
  if (KeyError bad = decode_public_blob(blob, view); !bad.ok()) return bad;
  if (hashed) {
    std::uint8_t salt[kHostSaltLen];
    if (RAND_bytes(salt, sizeof salt) != 1 || (name = hash_host_name(name, salt)).empty())
      return {KeyErrc::crypto_failed, "libcrypto could not hash the host name"};
  }
  return append(path, name + " " + format_public_line(blob, comment) + "\n");
}

}  // namespace sshauth
