// Every property: its default, what may be set, what is refused, by function and by id.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>
#include <numeric>

#include "tests/abi/handle.hpp"
#include "tests/abi/members.hpp"

using namespace test;

namespace {

int as_int(void* pointer) { return static_cast<int>(reinterpret_cast<intptr_t>(pointer)); }
const void* as_pointer(intptr_t value) { return reinterpret_cast<const void*>(value); }

}  // namespace

TEST_CASE("integers: default, round trip, range, reset, by function and by id") {
  for (const IntProperty& p : kInts) {
    INFO(p.name);
    Handle o;
    CHECK(p.get(o) == p.initial);
    CHECK(o.code() == 0);
    for (const int value : p.good) {
      INFO(value);
      CHECK(p.set(o, value) == 0);
      CHECK(o.code() == 0);
      CHECK(p.get(o) == value);
      CHECK(as_int(ipworksauth_sshauth_get(o, p.id, 0, nullptr, nullptr)) == value);
      CHECK(ipworksauth_sshauth_set(o, p.id, 0, as_pointer(value), 0) == 0);
      CHECK(p.get(o) == value);
      CHECK(IPWorksAuth_SSHAuth_Set(o, p.id, 0, as_pointer(value), 0) == 0);
      CHECK(as_int(IPWorksAuth_SSHAuth_Get(o, p.id, 0, nullptr, nullptr)) == value);
    }
    const int before = p.get(o);
    for (const auto& [value, code] : p.bad) {
      INFO(value);
      CHECK(p.set(o, value) == code);
      CHECK(o.code() == code);
      CHECK(o.error().find(p.name) != std::string::npos);
      CHECK(p.get(o) == before);
      CHECK(ipworksauth_sshauth_set(o, p.id, 0, as_pointer(value), 0) == code);
      CHECK(IPWorksAuth_SSHAuth_Set(o, p.id, 0, as_pointer(value), 0) == code);
    }
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(p.get(o) == p.initial);
  }
}

TEST_CASE("texts: default, round trip, NULL, reset, by function and by id") {
  for (const TextProperty& p : kTexts) {
    INFO(p.name);
    Handle o;
    CHECK(std::string(p.get(o)) == p.initial);
    CHECK(p.set(o, p.good) == 0);
    CHECK(std::string(p.get(o)) == p.good);
    CHECK(std::string(static_cast<char*>(ipworksauth_sshauth_get(o, p.id, 0, nullptr, nullptr))) ==
          p.good);
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(std::string(p.get(o)) == p.initial);
    CHECK(ipworksauth_sshauth_set(o, p.id, 0, p.good, 0) == 0);
    CHECK(std::string(p.get(o)) == p.good);
    CHECK(IPWorksAuth_SSHAuth_Set(o, p.id, 0, p.good, 0) == 0);
    CHECK(std::string(static_cast<char*>(IPWorksAuth_SSHAuth_Get(o, p.id, 0, nullptr, nullptr))) ==
          p.good);
    for (const auto& [value, code] : p.bad) {
      INFO(value);
      CHECK(p.set(o, value) == code);
      CHECK(o.error().find(p.name) != std::string::npos);
      CHECK(ipworksauth_sshauth_set(o, p.id, 0, value, 0) == code);
      CHECK(std::string(p.get(o)) == p.good);
    }
    if (p.id != PID_SSHAUTH_SSHENCRYPTIONALGORITHMS) {
      CHECK(p.set(o, nullptr) == 0);
      CHECK(std::string(p.get(o)).empty());
    }
  }
}

TEST_CASE("a getter's text outlives everything but the next call of the same getter") {
  for (const TextProperty& p : kTexts) {
    INFO(p.name);
    Handle o;
    REQUIRE(p.set(o, p.good) == 0);
    const char* given = p.get(o);
    REQUIRE(p.set(o, p.initial) == p.set(o, p.initial));
    for (const TextProperty& other : kTexts)
      if (&other != &p) other.get(o);
    o.config("Password");
    o.config(std::string(p.name));
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(std::string(given) == p.good);
  }
}

TEST_CASE("a getter's text is a legal argument of its own setter and of every other") {
  for (const TextProperty& p : kTexts) {
    INFO(p.name);
    Handle o;
    REQUIRE(p.set(o, p.good) == 0);
    CHECK(p.set(o, p.get(o)) == 0);
    CHECK(std::string(p.get(o)) == p.good);
    CHECK(ipworksauth_sshauth_setuser(o, p.get(o)) == 0);
    CHECK(std::string(ipworksauth_sshauth_getuser(o)) == p.good);
  }
  Handle o;
  ipworksauth_sshauth_setsshport(o, 0);
  const std::string sentence = o.error();
  CHECK(ipworksauth_sshauth_setlasterrorandcode(o, 7, ipworksauth_sshauth_getlasterror(o)) == 0);
  CHECK(o.error() == sentence);
  CHECK(o.code() == 7);
}

TEST_CASE("hosts with octets that could reach a proxy or a log are refused") {
  Handle o;
  for (const char* host : {"a b", "a\r\nX: y", "a\x7f", "a\tb"}) {
    CHECK(ipworksauth_sshauth_setsshhost(o, host) == 10022);
    CHECK(ipworksauth_sshauth_setfirewallhost(o, host) == 10022);
    CHECK(ipworksauth_sshauth_setlocalhost(o, host) == 10022);
  }
  CHECK(ipworksauth_sshauth_setsshhost(o, std::string(1025, 'a').c_str()) == 10022);
  CHECK(ipworksauth_sshauth_setuser(o, std::string((1 << 20) + 1, 'a').c_str()) == 10022);
  CHECK(ipworksauth_sshauth_setuser(o, std::string(1 << 20, 'a').c_str()) == 0);
}

TEST_CASE("a proxy type sets its port, and the port can be set after it") {
  Handle o;
  struct {
    int type, port;
  } const kPorts[] = {{1, 80}, {2, 1080}, {3, 1080}, {10, 1080}};
  for (const auto& [type, port] : kPorts) {
    CHECK(ipworksauth_sshauth_setfirewallport(o, 1) == 0);
    CHECK(ipworksauth_sshauth_setfirewalltype(o, type) == 0);
    CHECK(ipworksauth_sshauth_getfirewallport(o) == port);
    CHECK(ipworksauth_sshauth_setfirewallport(o, 3128) == 0);
    CHECK(ipworksauth_sshauth_getfirewallport(o) == 3128);
  }
  CHECK(ipworksauth_sshauth_setfirewalltype(o, 4) != 0);
  CHECK(ipworksauth_sshauth_getfirewallport(o) == 3128);
}

TEST_CASE("binaries carry any octets, and a failing getter gives the code in the length") {
  Handle o;
  char* data = nullptr;
  int len = -1;
  REQUIRE(ipworksauth_sshauth_getsshcertstore(o, &data, &len) == 0);
  CHECK(std::string(data, static_cast<std::size_t>(len)) == "MY");

  const std::string octets("a\0b\xff\0", 5);
  REQUIRE(ipworksauth_sshauth_setsshcertstore(o, octets.data(), 5) == 0);
  REQUIRE(ipworksauth_sshauth_getsshcertstore(o, &data, &len) == 0);
  CHECK(std::string(data, static_cast<std::size_t>(len)) == octets);
  CHECK(data[len] == '\0');
  CHECK(ipworksauth_sshauth_setsshcertstore(o, data, len) == 0);
  len = 0;
  CHECK(ipworksauth_sshauth_get(o, PID_SSHAUTH_SSHCERTSTORE, 0, &len, nullptr) != nullptr);
  CHECK(len == 5);

  CHECK(ipworksauth_sshauth_setsshcertstore(o, "x", -1) == 10022);
  CHECK(ipworksauth_sshauth_setsshcertstore(o, nullptr, 1) == 10022);
  CHECK(ipworksauth_sshauth_setsshcertstore(o, nullptr, 0) == 0);
  CHECK(ipworksauth_sshauth_getsshcertstore(o, nullptr, &len) == 10022);
  CHECK(len == 10022);
  CHECK(ipworksauth_sshauth_getsshcertstore(o, &data, nullptr) == 10022);
  CHECK(data == nullptr);
  CHECK(ipworksauth_sshauth_getsshcertstore(nullptr, &data, &len) == 10022);
  CHECK(data == nullptr);
  CHECK(len == 10022);
}

TEST_CASE("binaries: default, round trip, refusal, reset, by function and by id") {
  for (const BinaryProperty& p : kBinaries) {
    INFO(p.name);
    Handle o;
    const auto read = [&] {
      char* data = nullptr;
      int len = -1;
      CHECK(p.get(o, &data, &len) == 0);
      return std::string(data, static_cast<std::size_t>(len));
    };
    const int good_len = static_cast<int>(std::strlen(p.good));
    CHECK(read() == p.initial);
    CHECK(p.set(o, p.good, good_len) == 0);
    CHECK(read() == p.good);
    int len = 0;
    const void* by_id = IPWorksAuth_SSHAuth_Get(o, p.id, 0, &len, nullptr);
    CHECK(std::string(static_cast<const char*>(by_id), static_cast<std::size_t>(len)) == p.good);
    if (p.bad[0] != '\0') {
      const int bad_len = static_cast<int>(std::strlen(p.bad));
      CHECK(p.set(o, p.bad, bad_len) == 10022);
      CHECK(o.error().find(p.name) != std::string::npos);
      CHECK(read() == p.good);
    }
    CHECK(p.set(o, "x", -1) == 10022);
    CHECK(o.error().find(p.name) != std::string::npos);
    CHECK(ipworksauth_sshauth_reset(o) == 0);
    CHECK(read() == p.initial);
    CHECK(IPWorksAuth_SSHAuth_Set(o, p.id, 0, p.good, good_len) == 0);
    CHECK(read() == p.good);
  }
}

TEST_CASE(
    "the list of properties is complete: 21, with SSHCertSubject, whose values are a store's") {
  std::vector<int> ids{PID_SSHAUTH_SSHCERTSUBJECT};
  for (const IntProperty& p : kInts) ids.push_back(p.id);
  for (const TextProperty& p : kTexts) ids.push_back(p.id);
  for (const BinaryProperty& p : kBinaries) ids.push_back(p.id);
  std::sort(ids.begin(), ids.end());
  std::vector<int> all(21);
  std::iota(all.begin(), all.end(), 1);
  CHECK(ids == all);
}

TEST_CASE("by id: lengths of texts") {
  Handle o;
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_USER, 0, "alice", 3) == 0);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)) == "ali");
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_USER, 0, "alice", 2147483647) == 0);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)) == "alice");
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_USER, 0, "bob", -1) == 10022);
  CHECK(o.error().find("User") != std::string::npos);
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_USER, 0, nullptr, 5) == 0);
  CHECK(std::string(ipworksauth_sshauth_getuser(o)).empty());
  const std::string octets(1 << 21, 'x');
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_USER, 0, octets.c_str(), 1 << 21) == 10022);
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_SSHCERTSTORE, 0, octets.data(), 1 << 21) == 10022);
  CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_SSHCERTSTORE, 0, octets.data(), -5) == 10022);
}

TEST_CASE("by id: the UTF-16 forms of Windows hosts are refused with a sentence") {
  Handle o;
  for (const int id : {10021, 20013, 10000, 20255}) {
    INFO(id);
    CHECK(ipworksauth_sshauth_checkindex(o, id, 0) == 10022);
    CHECK(ipworksauth_sshauth_set(o, id, 0, "x", 0) == 10022);
    CHECK(o.error().find("UTF-16") != std::string::npos);
    CHECK(o.error().find(std::to_string(id % 10000)) != std::string::npos);
  }
  CHECK(ipworksauth_sshauth_do(o, 10003, 1, nullptr, nullptr, nullptr) == 10022);
  CHECK(o.error().find("UTF-16") != std::string::npos);
}

TEST_CASE("by id: what does not exist is refused, keys of licences are taken") {
  Handle o;
  int len = 0;
  CHECK(std::string(static_cast<char*>(ipworksauth_sshauth_get(o, 0, 0, &len, nullptr)))
            .starts_with("ipworksauth "));
  CHECK(ipworksauth_sshauth_set(o, 0, 0, "x", 0) == 10022);
  for (const int id : {-1, 22, 254, 1000, 10001, 2147483647}) {
    INFO(id);
    CHECK(ipworksauth_sshauth_checkindex(o, id, 0) == 10022);
    CHECK(ipworksauth_sshauth_get(o, id, 0, &len, nullptr) == nullptr);
    CHECK(len == 10022);
    CHECK(ipworksauth_sshauth_set(o, id, 0, "x", 0) == 10022);
    CHECK(o.error().find(std::to_string(id)) != std::string::npos);
  }
  for (int id = 0; id <= 21; ++id) {
    CHECK(ipworksauth_sshauth_checkindex(o, id, 0) == 0);
    CHECK(ipworksauth_sshauth_checkindex(o, id, 1) == 10022);
    CHECK(ipworksauth_sshauth_checkindex(o, id, -1) == 10022);
  }
  for (const int id : {255, 2011, 8001, 8012})
    CHECK(ipworksauth_sshauth_set(o, id, 0, "k", 0) == 0);
  if (sizeof(intptr_t) > 4) {
    const auto huge = static_cast<intptr_t>(0x7fffffffffff);
    CHECK(ipworksauth_sshauth_set(o, PID_SSHAUTH_TIMEOUT, 0, as_pointer(huge), 0) == 10022);
  }
}

TEST_CASE("methods by id") {
  Handle o;
  void* param[2] = {const_cast<char*>("LogLevel"), nullptr};
  int cbparam[2] = {0, 0};
  int64_t ll = 7;
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 1, param, cbparam, &ll) == 0);
  CHECK(std::string(static_cast<char*>(param[1])) == "1");
  CHECK(cbparam[1] == 1);
  CHECK(ll == 0);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 1, param, nullptr, nullptr) == 0);
  param[0] = const_cast<char*>("Nonsense");
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 1, param, cbparam, nullptr) == 10022);
  param[0] = nullptr;
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 1, param, cbparam, nullptr) == 10022);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 0, param, cbparam, nullptr) == 10022);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, 1, nullptr, cbparam, nullptr) == 10022);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_DOEVENTS, 0, nullptr, nullptr, nullptr) == 0);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_INTERRUPT, 0, nullptr, nullptr, nullptr) == 0);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_RESET, 0, nullptr, nullptr, nullptr) == 0);
  CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_AUTHENTICATE, 0, nullptr, nullptr, nullptr) == 102);
  // Only Config has an argument, and it has one.
  for (const int count : {-1, 1, 2, 1000000})
    for (const int id :
         {MID_SSHAUTH_AUTHENTICATE, MID_SSHAUTH_DOEVENTS, MID_SSHAUTH_INTERRUPT, MID_SSHAUTH_RESET})
      CHECK(ipworksauth_sshauth_do(o, id, count, param, cbparam, nullptr) == 10022);
  for (const int count : {-1, 0, 2})
    CHECK(ipworksauth_sshauth_do(o, MID_SSHAUTH_CONFIG, count, param, cbparam, nullptr) == 10022);
  for (const int id : {-2147483647, 0, 1, 7, 255, 2001, 2147483647}) {
    CHECK(ipworksauth_sshauth_do(o, id, 0, nullptr, nullptr, nullptr) == 10022);
  }
}

TEST_CASE("handles: NULL and strangers are refused everywhere") {
  alignas(16) unsigned char stranger[4096] = {};
  for (void* obj : {static_cast<void*>(nullptr), static_cast<void*>(stranger)}) {
    for (const IntProperty& p : kInts) {
      CHECK(p.get(obj) == 0);
      CHECK(p.set(obj, 1) == 10022);
    }
    for (const TextProperty& p : kTexts) {
      CHECK(std::string(p.get(obj)).empty());
      CHECK(p.set(obj, "x") == 10022);
    }
    CHECK(ipworksauth_sshauth_getlasterrorcode(obj) == 10022);
    CHECK_FALSE(std::string(ipworksauth_sshauth_getlasterror(obj)).empty());
    CHECK(ipworksauth_sshauth_geteventerrorcode(obj) == 10022);
    CHECK_FALSE(std::string(ipworksauth_sshauth_geteventerror(obj)).empty());
    CHECK(ipworksauth_sshauth_setlasterrorandcode(obj, 1, "x") == 10022);
    CHECK(ipworksauth_sshauth_seteventerrorandcode(obj, 1, nullptr) == 10022);
    CHECK(ipworksauth_sshauth_authenticate(obj) == 10022);
    CHECK(std::string(ipworksauth_sshauth_config(obj, "LogLevel")).empty());
    CHECK(ipworksauth_sshauth_doevents(obj) == 10022);
    CHECK(ipworksauth_sshauth_interrupt(obj) == 10022);
    CHECK(ipworksauth_sshauth_reset(obj) == 10022);
    CHECK(ipworksauth_sshauth_getstate(obj) == IPWORKSAUTH_STATE_IDLE);
    CHECK(ipworksauth_sshauth_getsocket(obj) == -1);
    CHECK(ipworksauth_sshauth_getwants(obj) == 0);
    CHECK(ipworksauth_sshauth_getwait(obj) == -1);
    CHECK(ipworksauth_sshauth_get(obj, 1, 0, nullptr, nullptr) == nullptr);
    CHECK(ipworksauth_sshauth_set(obj, 1, 0, nullptr, 0) == 10022);
    CHECK(ipworksauth_sshauth_do(obj, 5, 0, nullptr, nullptr, nullptr) == 10022);
    CHECK(ipworksauth_sshauth_checkindex(obj, 1, 0) == 10022);
  }
  CHECK(ipworksauth_sshauth_destroy(nullptr) == 0);
  CHECK(ipworksauth_sshauth_destroy(stranger) == 10022);
  CHECK(ipworksauth_sshauth_create(nullptr, nullptr, nullptr, 1) == nullptr);
  CHECK(ipworksauth_sshauth_staticinit(nullptr) == 0);
  CHECK(ipworksauth_sshauth_staticdestroy() == 0);
}

TEST_CASE("the last error belongs to the last call") {
  Handle o;
  CHECK(ipworksauth_sshauth_setsshport(o, 0) == 116);
  CHECK(o.code() == 116);
  CHECK(ipworksauth_sshauth_getstate(o) == IPWORKSAUTH_STATE_IDLE);
  CHECK(o.code() == 116);
  CHECK(ipworksauth_sshauth_getsshport(o) == 22);
  CHECK(o.code() == 0);
  CHECK(o.error().empty());
  CHECK(ipworksauth_sshauth_authenticate(o) == 102);
  CHECK(ipworksauth_sshauth_setsshhost(o, "0.0.0.0") == 0);
  CHECK(ipworksauth_sshauth_authenticate(o) == 102);
  CHECK(ipworksauth_sshauth_getstate(o) == IPWORKSAUTH_STATE_IDLE);
  CHECK(ipworksauth_sshauth_seteventerrorandcode(o, 5, "five") == 0);
  CHECK(ipworksauth_sshauth_geteventerrorcode(o) == 5);
  CHECK(std::string(ipworksauth_sshauth_geteventerror(o)) == "five");
}
