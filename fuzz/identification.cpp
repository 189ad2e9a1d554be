// Fuzz target: the identification exchange. The first octet says whether lines may come first; the
// rest is what the peer sends. However it is cut, the same lines come out.
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "lib/packet/identification.hpp"

using namespace sshauth;

namespace {

using Got = IdentificationReader::Got;

// The lines read, with what they were, when `piece` octets are fed at a time.
std::vector<std::string> lines(Bytes in, bool prelines, std::size_t piece) {
  std::vector<std::uint8_t> memory(16'384);
  InBuffer buffer;
  buffer.set_memory(memory);
  IdentificationReader reader(prelines);
  std::vector<std::string> out;
  for (;;) {
    const Got got = reader.read(buffer);
    if (got == Got::need_more) {
      buffer.compact();
      require(buffer.unread().empty());
      if (in.empty()) break;
      const std::size_t took = buffer.feed(in.first(piece < in.size() ? piece : in.size()));
      require(took != 0);
      in = in.subspan(took);
      continue;
    }
    require(reader.text().size() <= IdentificationReader::kMaxIdLen);
    out.push_back(std::to_string(static_cast<int>(got)) + std::string(reader.text()));
    if (got == Got::failed) require(*reader.why() != '\0');
    if (got == Got::identification) require(reader.text().substr(0, 4) == "SSH-");
    if (got != Got::line) break;
    require(prelines && out.size() <= IdentificationReader::kMaxLines);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool prelines = (data[0] & 1) != 0;
  const Bytes in(data + 1, size - 1);
  const auto whole = lines(in, prelines, 4096);
  require(lines(in, prelines, 1) == whole);
  require(lines(in, prelines, 7) == whole);
  (void)is_identification(as_text(in));
  return 0;
}
