#include "lib/transport/quirks.hpp"

#include <cstring>

namespace sshauth {
namespace {

bool matches(std::string_view software, std::string_view pattern) noexcept {
  const bool open_end = !pattern.empty() && pattern.back() == '*';
  if (open_end) pattern.remove_suffix(1);
  if (software.size() < pattern.size()) return false;
  if (!open_end && software.size() != pattern.size()) return false;
  return pattern.empty() || std::memcmp(software.data(), pattern.data(), pattern.size()) == 0;
}

// "OpenSSH_9.2p1" of "SSH-2.0-OpenSSH_9.2p1 Debian-2".
std::string_view software_of(std::string_view identification) noexcept {
  std::size_t dashes = 0;
  std::size_t begin = 0;
  while (begin < identification.size() && dashes < 2)
    if (identification[begin++] == '-') ++dashes;
  std::size_t end = begin;
  while (end < identification.size() && identification[end] != ' ') ++end;
  return {identification.data() + begin, end - begin};
}

}  // namespace

std::uint8_t quirks_of(std::string_view identification) noexcept {
  const std::string_view software = software_of(identification);
  unsigned quirks = no_quirk;
#define X(pattern, quirk) \
  if (matches(software, pattern)) quirks |= quirk;
#include "lib/transport/quirks.def"
#undef X
  return static_cast<std::uint8_t>(quirks);
}

}  // namespace sshauth
