// Key files: reading without being held up or led astray, writing without overwriting.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/keys/generate.hpp"
#include "lib/keys/load.hpp"

namespace sshauth {
namespace {

class File {
 public:
  explicit File(int fd) noexcept : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  int fd() const noexcept { return fd_; }
  // False: what was written may not be there (errno).
  bool close() noexcept {
    const int fd = fd_;
    fd_ = -1;
    return fd < 0 || ::close(fd) == 0;
  }

 private:
  int fd_;
};

// Reads to the end of the file or of `out`, which is one octet longer than the file should be.
KeyError read_all(int fd, const std::string& path, SecretBytes& out) {
  std::size_t len = 0;
  while (len < out.size()) {
    const ssize_t n = ::read(fd, out.write().data() + len, out.size() - len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_error(path, "cannot be read", errno);
    if (n == 0) break;
    len += static_cast<std::size_t>(n);
  }
  if (len == out.size()) return unfit_file(path, "grew while it was read", EAGAIN);
  out.shrink(len);
  return {};
}

bool write_all(int fd, Bytes contents) noexcept {
  while (!contents.empty()) {
    const ssize_t n = ::write(fd, contents.data(), contents.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    contents = contents.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

KeyError read_file(const std::string& path, std::size_t most, SecretBytes& out) {
  if (path.find('\0') != std::string::npos)
    return unfit_file(path, "a file name holds no NUL", ENOENT);
  // O_NONBLOCK: opening a FIFO for reading would wait for a writer. It does nothing to regular
  // files.
  const File file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (file.fd() < 0) return file_error(path, "cannot be opened", errno);
  struct stat facts {};
  if (::fstat(file.fd(), &facts) != 0) return file_error(path, "cannot be looked at", errno);
  if (S_ISDIR(facts.st_mode)) return unfit_file(path, "is a directory, not a file", EISDIR);
  if (!S_ISREG(facts.st_mode)) return unfit_file(path, "is not a regular file", EINVAL);
  if (static_cast<std::uintmax_t>(facts.st_size) > most)
    return unfit_file(path,
                      "has " + std::to_string(facts.st_size) + " octets, at most " +
                          std::to_string(most) + " are read",
                      EFBIG);
  out = SecretBytes(static_cast<std::size_t>(facts.st_size) + 1);
  return read_all(file.fd(), path, out);
}

KeyError write_new_file(const std::string& path, Bytes contents, unsigned mode) {
  if (path.find('\0') != std::string::npos)
    return unfit_file(path, "a file name holds no NUL", ENOENT);
  File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (file.fd() < 0) return file_error(path, "cannot be created", errno);
  if (write_all(file.fd(), contents) && file.close()) return {};
  KeyError bad = file_error(path, "cannot be written", errno);
  ::unlink(path.c_str());
  return bad;
}

KeyError save_identity(const Identity& identity, const std::string& path,
                       std::optional<std::string_view> passphrase) {
  SecretBytes text;
  if (KeyError bad = format_private_key(identity, passphrase, text); !bad.ok()) return bad;
  if (KeyError bad = write_new_file(path, text.reveal(), 0600); !bad.ok()) return bad;
  const std::string line = identity.public_line() + "\n";
  KeyError bad = write_new_file(path + ".pub", as_bytes(line), 0644);
  if (!bad.ok()) ::unlink(path.c_str());
  return bad;
}

}  // namespace sshauth
