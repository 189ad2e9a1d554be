// Fuzz target: algorithm negotiation (RFC 4253 §7.1) against the peer's lists. The first octet says
// which side we are; the rest are the peer's lists in KEXINIT's order, a line each. What is chosen
// is compared with the rule written down again, over copies.
#include <set>
#include <string>
#include <vector>

#include "fuzz/null_provider.hpp"
#include "fuzz/require.hpp"
#include "lib/transport/negotiation.hpp"

using namespace sshauth;

namespace {

using Names = std::vector<std::string>;

Names split(std::string_view list, char at) {
  Names out(1);
  for (const char c : list) {
    if (c == at)
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

// The first name on the client's list that is also on the server's; "" is no name.
std::string agreed(std::string_view client, std::string_view server) {
  const Names names = split(server, ',');
  const std::set<std::string> known(names.begin(), names.end());
  for (const std::string& name : split(client, ','))
    if (!name.empty() && known.count(name) != 0) return name;
  return {};
}

struct Side {
  NullRng rng;
  Provider provider = null_provider(rng);
  Context context;

  explicit Side(bool client) {
    Settings& s = context.settings;
    s.client = client;
    s.provider = &provider;
    s.kex = "curve25519-sha256,ecdh-sha2-nistp256,diffie-hellman-group14-sha256";
    s.host_key_algorithms = "ssh-ed25519,rsa-sha2-512";
    s.ciphers = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr";
    s.macs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512";
    s.compressions = "none,zlib@openssh.com";
  }
  std::string pick(std::string_view ours, std::string_view theirs) const {
    return context.settings.client ? agreed(ours, theirs) : agreed(theirs, ours);
  }
};

// Also that nothing but a stream cipher gets a MAC, and "none" is no row.
bool suite_is_right(const Side& side, const Suite& suite, std::string_view cipher,
                    std::string_view mac, std::string_view compression) {
  const Settings& s = side.context.settings;
  if (side.pick(s.ciphers, cipher) != suite.cipher->name) return false;
  const bool stream = needs_mac(*suite.cipher);
  if (stream != (suite.mac != nullptr)) return false;
  if (stream && side.pick(s.macs, mac) != suite.mac->name) return false;
  const std::string chosen = side.pick(s.compressions, compression);
  return suite.compression == nullptr ? chosen == "none" : chosen == suite.compression->name;
}

bool suite_exists(const Side& side, std::string_view cipher, std::string_view mac,
                  std::string_view compression) {
  const Settings& s = side.context.settings;
  const std::string name = side.pick(s.ciphers, cipher);
  const bool needs_mac = name.find("-ctr") != std::string::npos;
  return !name.empty() && (!needs_mac || !side.pick(s.macs, mac).empty()) &&
         !side.pick(s.compressions, compression).empty();
}

void check(Side& side, const KexInit& theirs) {
  Negotiated out;
  const Settings& ours = side.context.settings;
  const Errc result = negotiate(side.context, ours.kex, theirs, out);
  const auto& l = theirs.list;
  const std::string kex = side.pick(ours.kex, l[KexInit::kex]);
  const std::string host_key = side.pick(ours.host_key_algorithms, l[KexInit::host_key]);
  const bool possible =
      !kex.empty() && !host_key.empty() &&
      suite_exists(side, l[KexInit::cipher_c2s], l[KexInit::mac_c2s],
                   l[KexInit::compression_c2s]) &&
      suite_exists(side, l[KexInit::cipher_s2c], l[KexInit::mac_s2c], l[KexInit::compression_s2c]);
  require((result == Errc::ok) == possible);
  require(side.context.failed() == !possible);
  if (!possible) {
    require(side.context.failure().code == Errc::no_common_algorithm);
    require(!side.context.failure().text.empty());
    return;
  }
  require(out.kex->name == kex && out.host_key.name == host_key);
  require(suite_is_right(side, out.c2s, l[KexInit::cipher_c2s], l[KexInit::mac_c2s],
                         l[KexInit::compression_c2s]));
  require(suite_is_right(side, out.s2c, l[KexInit::cipher_s2c], l[KexInit::mac_s2c],
                         l[KexInit::compression_s2c]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Side side((data[0] & 1) != 0);
  const Names lines = split(as_text({data + 1, size - 1}), '\n');
  KexInit theirs;
  for (std::size_t i = 0; i < theirs.list.size() && i < lines.size(); ++i)
    theirs.list[i] = lines[i];
  check(side, theirs);
  (void)offers_strict(theirs, !side.context.settings.client);
  (void)offers_ext_info(theirs, !side.context.settings.client);
  return 0;
}
