#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "lib/keys/generate.hpp"
#include "lib/trust/host_pattern.hpp"
#include "lib/trust/known_hosts.hpp"
#include "tests/keys/support.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

struct Keys {
  Identity one = std::move(*generate_identity("ed25519"));
  Identity two = std::move(*generate_identity("ed25519"));
  Identity ec = std::move(*generate_identity("ecdsa"));
  Identity rsa = std::move(*generate_identity("rsa", 2048));
};
const Keys& keys() {
  static const Keys made;
  return made;
}

KnownHosts of(const std::string& text) {
  KnownHosts hosts;
  REQUIRE(hosts.add_text(text, "file").ok());
  return hosts;
}
std::string line(const std::string& hosts, const Identity& id) {
  return hosts + " " + id.public_line() + "\n";
}
HostKeyVerdict verdict(const KnownHosts& hosts, const char* host, const Identity& id,
                       std::uint16_t port = 22) {
  return hosts.check(host, port, id.public_blob()).verdict;
}

}  // namespace

TEST_CASE("known, changed, of another type, and never seen are four answers") {
  const KnownHosts hosts = of(line("example.org", keys().one));
  CHECK(verdict(hosts, "example.org", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "EXAMPLE.org", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "example.org", keys().two) == HostKeyVerdict::mismatch);
  CHECK(verdict(hosts, "example.org", keys().ec) == HostKeyVerdict::other_type);
  CHECK(verdict(hosts, "example.com", keys().one) == HostKeyVerdict::unknown);
  CHECK(verdict(hosts, "", keys().one) == HostKeyVerdict::unknown);
  const HostKeyDecision changed = hosts.check("example.org", 22, keys().two.public_blob());
  CHECK(changed.reason.find("file line 1") != std::string::npos);
}

TEST_CASE("a host may have several keys of one type, and lines in several files") {
  KnownHosts hosts = of(line("h", keys().one));
  REQUIRE(hosts.add_text("# comment\n\n" + line("h", keys().two), "second").ok());
  CHECK(verdict(hosts, "h", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "h", keys().two) == HostKeyVerdict::accepted);
  CHECK(hosts.check("h", 22, keys().two.public_blob()).reason.find("second line 3") !=
        std::string::npos);
}

TEST_CASE("patterns: lists, wildcards, negation") {
  const KnownHosts hosts = of(line("*.example.org,!bad.example.org,10.0.0.?,h", keys().one));
  for (const char* host : {"a.example.org", ".example.org", "10.0.0.7", "h", "A.B.example.ORG"})
    CHECK(verdict(hosts, host, keys().one) == HostKeyVerdict::accepted);
  for (const char* host :
       {"bad.example.org", "BAD.example.org", "example.org", "10.0.0.", "10.0.0.77"})
    CHECK(verdict(hosts, host, keys().one) == HostKeyVerdict::unknown);
  // Negation anywhere in the line, alone too, never makes a match.
  CHECK(verdict(of(line("!h,h", keys().one)), "h", keys().one) == HostKeyVerdict::unknown);
  CHECK(verdict(of(line("!other", keys().one)), "h", keys().one) == HostKeyVerdict::unknown);
  // A pattern's ? and * are not those of the name that is looked up.
  CHECK(verdict(of(line("host", keys().one)), "*", keys().one) == HostKeyVerdict::unknown);
}

TEST_CASE("ports") {
  const KnownHosts hosts = of(line("[h]:2222,[::1]:2222", keys().one) + line("h", keys().two));
  CHECK(verdict(hosts, "h", keys().one, 2222) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "H", keys().one, 2222) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "[::1]", keys().one, 2222) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "::1", keys().one, 2222) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "h", keys().one) == HostKeyVerdict::mismatch);
  CHECK(verdict(hosts, "h", keys().two) == HostKeyVerdict::accepted);
  // The port has a key of its own on record, so the one without port does not count.
  CHECK(verdict(hosts, "h", keys().two, 2222) == HostKeyVerdict::mismatch);
  // It has none: the host's key accepts, another key is just unknown.
  CHECK(verdict(hosts, "h", keys().two, 2223) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "h", keys().one, 2223) == HostKeyVerdict::unknown);
  CHECK(known_hosts_name("H", 22) == "h");
  CHECK(known_hosts_name("[FE80::1]", 22) == "fe80::1");
  CHECK(known_hosts_name("FE80::1", 2222) == "[fe80::1]:2222");
}

TEST_CASE("revoked beats everything, wherever the line stands") {
  const std::string known = line("h", keys().one);
  const std::string revoked = "@revoked " + line("*", keys().one);
  for (const std::string& text : {known + revoked, revoked + known, revoked}) {
    const KnownHosts hosts = of(text);
    CHECK(verdict(hosts, "h", keys().one) == HostKeyVerdict::revoked);
    CHECK(verdict(hosts, "h", keys().one, 2222) == HostKeyVerdict::revoked);
    CHECK(verdict(hosts, "other", keys().one) == HostKeyVerdict::revoked);
  }
  // Another key of that host is not revoked, and a revoked line does not make it known.
  CHECK(verdict(of(revoked), "h", keys().two) == HostKeyVerdict::unknown);
  CHECK(verdict(of("@revoked " + line("h", keys().one)), "g", keys().one) ==
        HostKeyVerdict::unknown);
  // With a port, a line for the host without one revokes too.
  CHECK(verdict(of("@revoked " + line("h", keys().one) + line("[h]:2222", keys().one)), "h",
                keys().one, 2222) == HostKeyVerdict::revoked);
}

TEST_CASE("a certificate authority's line never accepts a plain key") {
  const KnownHosts hosts = of("@cert-authority " + line("*.example.org", keys().one));
  CHECK(verdict(hosts, "a.example.org", keys().one) == HostKeyVerdict::unknown);
  CHECK(verdict(hosts, "a.example.org", keys().two) == HostKeyVerdict::unknown);
  REQUIRE(hosts.authorities("a.example.org", 22).size() == 1);
  CHECK(same_bytes(hosts.authorities("a.example.org", 22)[0]->blob, keys().one.public_blob()));
  CHECK(hosts.authorities("b", 22).empty());
  CHECK(hosts.key_types("a.example.org", 22).empty());
}

TEST_CASE("key types on record, in order, each once") {
  const KnownHosts hosts =
      of(line("h", keys().rsa) + line("h", keys().one) + line("*", keys().rsa) +
         line("g,[h]:2222", keys().ec) + "@revoked " + line("h", keys().ec));
  CHECK(hosts.key_types("h", 22) == std::vector<std::string>{"ssh-rsa", "ssh-ed25519"});
  CHECK(hosts.key_types("h", 2222) ==
        std::vector<std::string>{"ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519"});
  CHECK(hosts.key_types("g", 2223) == std::vector<std::string>{"ssh-rsa", "ecdsa-sha2-nistp256"});
  CHECK(of("").key_types("h", 22).empty());
}

TEST_CASE("what is wrong with a file is counted by line and skipped") {
  const std::string good = line("h", keys().one);
  const std::string xyz{"\0\0\0\7ssh-xyz\1", 12};
  const KnownHosts hosts =
      of("h\r\nh ssh-ed25519\n@cert-authority h x AAAA\nh ssh-ed25519 AAAA\n" +
         ("h ssh-rsa " + good.substr(14)) + "|1|AAAA|AAAA" + good.substr(1) + "|2|x" +
         good.substr(1) + "@cert-authority\n" + std::string(40000, 'a') + "\n , " + good.substr(2) +
         "# fine\n" + "h ssh-xyz " + base64_encode(as_bytes(xyz)) + "\r\n  \t" +
         good.substr(0, good.size() - 1) + " \r\n");
  CHECK(hosts.malformed_lines() == 10);
  CHECK(hosts.unknown_type_lines() == 1);
  REQUIRE(hosts.problems().size() == 10);
  for (unsigned i = 0; i < 10; ++i) {
    CHECK(hosts.problems()[i].number == i + 1);
    CHECK_FALSE(hosts.problems()[i].why.empty());
  }
  REQUIRE(hosts.lines().size() == 1);
  CHECK(hosts.lines()[0].number == 13);
  CHECK(verdict(hosts, "h", keys().one) == HostKeyVerdict::accepted);
}

TEST_CASE("a marked line that cannot be read may revoke a key: the file is refused") {
  const std::string key = line("h", keys().one);
  for (const std::string& marked :
       {std::string("@revoked"), std::string("@revoked h"), "@revoked h ssh-rsa" + key.substr(13),
        "@REVOKED " + key, "@what " + key,
        std::string("\xef\xbb\xbf@revoked h ssh-ed25519 AAAA")}) {
    KnownHosts hosts;
    const KeyError error = hosts.add_text(marked + "\n" + key, "file");
    INFO(marked << ": " << error.text);
    CHECK(error.code == KeyErrc::malformed);
    CHECK(error.text.starts_with("file line 1 may revoke a key, but cannot be read ("));
  }
  // However long the line, and behind a byte order mark.
  std::string many = "h";
  for (int i = 0; i < 4000; ++i) many += ",host" + std::to_string(i) + ".example.org";
  CHECK(verdict(of("@revoked " + line(many, keys().one) + key), "h", keys().one) ==
        HostKeyVerdict::revoked);
  CHECK(verdict(of("\xef\xbb\xbf@revoked " + key + key), "h", keys().one) ==
        HostKeyVerdict::revoked);
  CHECK(verdict(of("\xef\xbb\xbf" + key), "h", keys().one) == HostKeyVerdict::accepted);
}

TEST_CASE("a file cut anywhere accepts less, never more") {
  const std::string text = line("h", keys().one) + "@revoked " + line("h", keys().two);
  for (std::size_t len = 0; len < text.size(); ++len) {
    KnownHosts hosts;
    if (!hosts.add_text(text.substr(0, len), "file").ok()) continue;
    CHECK(verdict(hosts, "h", keys().two) != HostKeyVerdict::accepted);
    CHECK(verdict(hosts, "g", keys().one) == HostKeyVerdict::unknown);
  }
}

TEST_CASE("names are hashed as ssh-keygen -H does, and found as ssh-keygen -F does") {
  const TempFolder folder;
  const std::string path = folder / "known";
  spill(path, line("example.org,10.1.2.3", keys().one) + line("[example.org]:2222", keys().ec) +
                  line("*.wild.org", keys().rsa));
  must_run({"ssh-keygen", "-q", "-H", "-f", path});
  const std::string hashed = slurp(path);
  REQUIRE(hashed.starts_with("|1|"));
  REQUIRE(hashed.find("example.org") == std::string::npos);
  KnownHosts hosts;
  REQUIRE(hosts.add_file(path).ok());
  CHECK(hosts.malformed_lines() == 0);
  CHECK(verdict(hosts, "example.org", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "Example.ORG", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "10.1.2.3", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "example.org", keys().ec, 2222) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "example.org", keys().two) == HostKeyVerdict::mismatch);
  CHECK(verdict(hosts, "example.com", keys().one) == HostKeyVerdict::unknown);
  const std::pair<const char*, std::uint16_t> names[] = {
      {"example.org", 22}, {"example.org", 2222}, {"10.1.2.3", 22},
      {"a.wild.org", 22},  {"wild.org", 22},      {"example.org", 2223}};
  for (const auto& [host, port] : names) {
    const std::string name = known_hosts_name(host, port);
    INFO(name);
    CHECK((run({"ssh-keygen", "-F", name, "-f", path}) == 0) == !hosts.find(host, port).empty());
  }
}

TEST_CASE("lines we append are read by ssh-keygen and by us") {
  const TempFolder folder;
  const std::string path = folder / "known";
  spill(path, "# no line end");
  for (const bool hashed : {false, true}) {
    REQUIRE(append_known_host(path, "Host.Org", 22, keys().one.public_blob(), hashed).ok());
    REQUIRE(append_known_host(path, "::1", 2222, keys().ec.public_blob(), hashed, "note").ok());
  }
  KnownHosts hosts;
  REQUIRE(hosts.add_file(path).ok());
  CHECK(hosts.malformed_lines() == 0);
  CHECK(hosts.lines().size() == 4);
  CHECK(hosts.lines()[0].hosts == "host.org");
  CHECK(hosts.lines()[2].hosts.starts_with("|1|"));
  CHECK(hosts.find("host.org", 22).size() == 2);
  CHECK(hosts.find("::1", 2222).size() == 2);
  CHECK(run({"ssh-keygen", "-F", "host.org", "-f", path}) == 0);
  CHECK(run({"ssh-keygen", "-F", "[::1]:2222", "-f", path}) == 0);
  // A new file is its owner's alone.
  REQUIRE(append_known_host(folder / "new", "h", 22, keys().one.public_blob(), true).ok());
  struct stat facts {};
  REQUIRE(stat((folder / "new").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0600);
}

TEST_CASE("no name is appended that reads as more than itself") {
  const TempFolder folder;
  const std::string path = folder / "known";
  for (const std::string name : {"", "*", "a?", "a,b", "!a", "a b", "a\nb", "#a", "|1|x",
                                 "@revoked", "a\tb", "[a]:22", "a]", "[]", "\x7f"}) {
    INFO(name);
    CHECK(append_known_host(path, name, 22, keys().one.public_blob(), false).code ==
          KeyErrc::bad_argument);
    CHECK(append_known_host(path, name, 2222, keys().one.public_blob(), true).code ==
          KeyErrc::bad_argument);
  }
  CHECK(append_known_host(path, std::string(kMaxHostName + 1, 'a'), 22, keys().one.public_blob(),
                          false)
            .code == KeyErrc::bad_argument);
  CHECK(append_known_host(path, "h", 22, as_bytes(std::string_view("no key")), false).code ==
        KeyErrc::malformed);
  CHECK(append_known_host(path, "h", 22, keys().one.public_blob(), false, "a\nb").ok());
  CHECK(slurp(path) == "h " + keys().one.public_line() + " a?b\n");
}

TEST_CASE("whether a file hides its names") {
  const TempFolder folder;
  spill(folder / "plain", line("h", keys().one));
  KnownHosts hosts;
  REQUIRE(hosts.add_file(folder / "plain").ok());
  REQUIRE(append_known_host(folder / "mixed", "g", 22, keys().one.public_blob(), true).ok());
  REQUIRE(append_known_host(folder / "mixed", "h", 22, keys().one.public_blob(), false).ok());
  REQUIRE(hosts.add_file(folder / "mixed").ok());
  CHECK_FALSE(hosts.hides_names(folder / "plain"));
  CHECK(hosts.hides_names(folder / "mixed"));
  CHECK_FALSE(hosts.hides_names(folder / "other"));
}

TEST_CASE("what is looked up is what ssh-keygen -F finds, line by line") {
  const TempFolder folder;
  const std::string path = folder / "known";
  spill(path, "# comment\r\n\r\n" + line("plain.org,*.wild.org,!not.wild.org", keys().one) +
                  line("10.0.0.?", keys().two) + line("[port.org]:2222", keys().ec) + "@revoked " +
                  line("gone.org", keys().one) + "@cert-authority " + line("*.ca.org", keys().two) +
                  line("plain.org", keys().rsa) + line("UPPER.org", keys().two));
  // A hashed line at the end, as ssh adds it.
  REQUIRE(append_known_host(path, "hashed.org", 2200, keys().ec.public_blob(), true).ok());
  KnownHosts hosts;
  REQUIRE(hosts.add_file(path).ok());
  const std::pair<const char*, std::uint16_t> names[] = {
      {"plain.org", 22},    {"PLAIN.ORG", 22},  {"a.wild.org", 22}, {"not.wild.org", 22},
      {"wild.org", 22},     {"10.0.0.7", 22},   {"10.0.0.77", 22},  {"port.org", 2222},
      {"port.org", 22},     {"port.org", 2223}, {"gone.org", 22},   {"a.ca.org", 22},
      {"hashed.org", 2200}, {"hashed.org", 22}, {"upper.org", 22},  {"never.org", 22}};
  for (const auto& [host, port] : names) {
    const std::string name = known_hosts_name(host, port);
    INFO(name);
    std::string said, expected, got;
    const bool found = run({"ssh-keygen", "-F", name, "-f", path}, &said) == 0;
    // "# Host NAME found: line N" for each.
    std::istringstream lines(said);
    constexpr std::string_view kFound = " found: line ";
    for (std::string each; std::getline(lines, each);)
      if (const std::size_t at = each.find(kFound); at != std::string::npos)
        expected += std::to_string(std::stoul(each.substr(at + kFound.size()))) + " ";
    for (const KnownHostsLine* each : hosts.find(host, port))
      got += std::to_string(each->number) + " ";
    CHECK(found == !expected.empty());
    CHECK(got == expected);
  }
}

TEST_CASE("line ends of DOS, blanks and tabs change nothing") {
  const std::string one = keys().one.public_line();
  const KnownHosts hosts =
      of("\t h  \t" + one + "\t comment here \r\n\r\n#x\r\n" + line("g", keys().two));
  CHECK(hosts.malformed_lines() == 0);
  CHECK(verdict(hosts, "h", keys().one) == HostKeyVerdict::accepted);
  CHECK(verdict(hosts, "g", keys().two) == HostKeyVerdict::accepted);
}

TEST_CASE("files beyond the bound are refused before they are read") {
  const TempFolder folder;
  spill(folder / "huge", "");
  REQUIRE(truncate((folder / "huge").c_str(), off_t{100} * 1024 * 1024 * 1024) == 0);
  KnownHosts hosts;
  CHECK(hosts.add_file(folder / "huge").os_error == EFBIG);
  CHECK(hosts.add_text(std::string(kMaxKnownHostsFile + 1, '\n'), "text").code ==
        KeyErrc::malformed);
  CHECK(hosts.add_text(std::string(kMaxKnownHostsFile, '\n'), "text").ok());
  CHECK(hosts.lines().empty());
}

TEST_CASE("a file is never made through a link that leads nowhere") {
  const TempFolder folder;
  REQUIRE(symlink((folder / "target").c_str(), (folder / "link").c_str()) == 0);
  CHECK(append_known_host(folder / "link", "h", 22, keys().one.public_blob(), false).code ==
        KeyErrc::io);
  struct stat facts {};
  CHECK(stat((folder / "target").c_str(), &facts) != 0);
  // One that leads somewhere is followed, as people keep such files elsewhere.
  spill(folder / "target", "");
  CHECK(append_known_host(folder / "link", "h", 22, keys().one.public_blob(), false).ok());
  CHECK(slurp(folder / "target") == line("h", keys().one));
}

TEST_CASE("several that append to a new file at the same time lose no line") {
  const TempFolder folder;
  const std::string path = folder / "known";
  std::vector<std::thread> threads;
  std::atomic<int> stored{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const std::string host = "host" + std::to_string(i);
      stored += append_known_host(path, host, 22, keys().one.public_blob(), i % 2 == 0).ok();
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(stored == 8);
  KnownHosts hosts;
  REQUIRE(hosts.add_file(path).ok());
  CHECK(hosts.malformed_lines() == 0);
  for (int i = 0; i < 8; ++i)
    CHECK(verdict(hosts, ("host" + std::to_string(i)).c_str(), keys().one) ==
          HostKeyVerdict::accepted);
}

TEST_CASE("files that cannot be read or written say why") {
  const TempFolder folder;
  KnownHosts hosts;
  CHECK(hosts.add_file(folder / "missing").os_error == ENOENT);
  CHECK(hosts.add_file(folder / "").os_error == EISDIR);
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(hosts.add_file(folder / "fifo").code == KeyErrc::io);
  CHECK(append_known_host(folder / "fifo", "h", 22, keys().one.public_blob(), false).code ==
        KeyErrc::io);
  CHECK(append_known_host(folder / "no/such", "h", 22, keys().one.public_blob(), false).os_error ==
        ENOENT);
}
