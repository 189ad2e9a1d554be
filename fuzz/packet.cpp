// Fuzz target: the binary packet protocol under every construction.
//
//   octet 0   which protection, and (0x80) whether to inflate
//   octet 1   0x80: the rest are packets from the wire; else payloads (length octet, payload ...)
//             for our own writer, which our reader must read back
//   rest      as said
//
// Cutting the wire elsewhere changes nothing.
#include <array>
#include <string>
#include <vector>

#include "fuzz/null_provider.hpp"
#include "fuzz/require.hpp"
#include "lib/packet/packet_reader.hpp"
#include "lib/packet/packet_writer.hpp"

using namespace sshauth;

namespace {

constexpr std::size_t kMemory = 40'000;
NullRng rng;
const Provider provider = null_provider(rng);

struct Keyed {
  alignas(16) std::array<std::uint8_t, 64> cipher_ctx{}, mac_ctx{};
  Protection protection;

  Keyed(std::uint8_t which, bool encrypt) {
    const std::size_t num_macs = provider.num_macs;
    const std::size_t ways = 1 + provider.num_ciphers * num_macs;
    const std::size_t way = which % ways;
    protection.cipher_ctx = cipher_ctx;
    protection.mac_ctx = mac_ctx;
    if (way == 0) return;  // plain
    Suite suite;
    suite.cipher = provider.ciphers[(way - 1) / num_macs];
    if (needs_mac(*suite.cipher)) suite.mac = provider.macs[(way - 1) % num_macs];
    const std::array<std::uint8_t, 128> key{};
    require(protection.start(suite, encrypt, key, key, key));
  }
};

using Transcript = std::vector<std::string>;

// The payloads read when `piece` octets are fed at a time, and the failure if there was one.
Transcript read_all(Bytes wire, std::uint8_t which, std::size_t piece) {
  std::vector<std::uint8_t> memory(kMemory), scratch(kMemory);
  InBuffer buffer;
  buffer.set_memory(memory);
  PacketReader reader;
  Keyed keyed(which & 0x7f, false);
  std::uint8_t inflate_ctx[1] = {0};
  reader.start(buffer, PacketReader::kMaxLength, scratch);
  reader.use(keyed.protection);
  if ((which & 0x80) != 0) reader.start_compression(*provider.compressions[0], inflate_ctx);
  Transcript out;
  for (;;) {
    const OpenResult got = reader.next();
    if (got.kind == Opened::packet) {
      require(!got.payload.empty() && got.payload.size() <= PacketReader::kMaxLength);
      out.emplace_back(as_text(got.payload));
      require(reader.packets() == out.size() && reader.last_seq() + 1 == out.size());
      continue;
    }
    if (got.kind == Opened::failed) {
      require(got.why != Errc::ok && reader.next().why == got.why);
      out.emplace_back(error_row(got.why).name);
      break;
    }
    if (wire.empty()) break;
    const std::size_t took = buffer.feed(wire.first(piece < wire.size() ? piece : wire.size()));
    require(took != 0);  // a reader that needs more has left room for it
    wire = wire.subspan(took);
  }
  return out;
}

void write_and_read(Bytes in, std::uint8_t which) {
  std::vector<std::uint8_t> memory(kMemory), scratch(kMemory);
  Keyed keyed(which & 0x7f, true);
  PacketWriter writer;
  std::uint8_t deflate_ctx[1] = {1};
  writer.start(memory, PacketReader::kMaxLength, scratch, provider.rng);
  writer.use(keyed.protection);
  if ((which & 0x80) != 0) writer.start_compression(*provider.compressions[0], deflate_ctx);
  Transcript sent;
  Bytes rest = in;
  while (rest.size() > 1) {
    const std::size_t len = rest[0] < rest.size() - 1 ? rest[0] : rest.size() - 1;
    const Bytes payload = rest.subspan(1, len);
    rest = rest.subspan(1 + len);
    // Inflating refuses this one; it is how the null provider fails.
    if (payload.empty() || payload[0] == 0xff) continue;
    Writer w = writer.begin();
    w.raw(payload);
    const bool hide = (payload[0] & 1) != 0;
    if (writer.commit(w, hide ? PacketWriter::Pad::hide_len : PacketWriter::Pad::least) != Errc::ok)
      break;
    sent.emplace_back(as_text(payload));
  }
  require(read_all(writer.pending(), which, kMemory) == sent);
  require(read_all(writer.pending(), which, 1) == sent);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Bytes rest(data + 2, size - 2);
  if ((data[1] & 0x80) == 0) {
    write_and_read(rest, data[0]);
    return 0;
  }
  const Transcript whole = read_all(rest, data[0], kMemory);
  require(read_all(rest, data[0], 1) == whole);
  require(read_all(rest, data[0], 13) == whole);
  return 0;
}
