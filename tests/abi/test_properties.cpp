// Every property: its default, what may be set, what is refused, by function and by id.
#include <catch2/catch.hpp>
#include <cstring>

#include "tests/abi/handle.hpp"

using test::Handle;

namespace {

struct IntProperty {
  const char* name;
  int id;
  int (*get)(void*);
  int (*set)(void*, int);
  int initial;
  std::vector<int> good, bad;
};

#define FUNCTIONS(lower) ipworksauth_sshauth_get##lower, ipworksauth_sshauth_set##lower

const IntProperty kInts[] = {
    {"AuthMode", 1, FUNCTIONS(authmode), 2, {0, 1, 2, 3, 4, 6}, {-1, 5, 7, 8, 99, -2147483647}},
    {"FirewallAutoDetect", 2, FUNCTIONS(firewallautodetect), 0, {0, 1}, {}},
    {"FirewallType", 3, FUNCTIONS(firewalltype), 0, {0, 1, 2, 3, 10}, {-1, 4, 9, 11, 1000}},
    {"FirewallPort", 6, FUNCTIONS(firewallport), 0, {0, 1, 3128, 65535}, {-1, 65536}},
    {"LocalPort", 9, FUNCTIONS(localport), 0, {0, 1, 1023, 65535}, {-1, 65536}},
    {"SSHCertStoreType",
     15,
     FUNCTIONS(sshcertstoretype),
     0,
     {0, 1, 6, 7, 8, 9, 10, 13, 99},
     {-1, 2, 3, 4, 5, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 98, 100}},
    {"SSHPort", 19, FUNCTIONS(sshport), 22, {1, 22, 2222, 65535}, {-1, 0, 65536}},
    {"Timeout", 20, FUNCTIONS(timeout), 60, {0, 1, 60, 86400}, {-1}},
};

struct TextProperty {
  const char* name;
  int id;
  char* (*get)(void*);
  int (*set)(void*, const char*);
  const char* initial;
  const char* good;
};

const TextProperty kTexts[] = {
    {"FirewallHost", 4, FUNCTIONS(firewallhost), "", "proxy.example"},
    {"FirewallPassword", 5, FUNCTIONS(firewallpassword), "", "p w:\x01\xc3\xa9"},
    {"FirewallUser", 7, FUNCTIONS(firewalluser), "", "someone"},
    {"LocalHost", 8, FUNCTIONS(localhost), "", "127.0.0.1"},
    {"Password", 10, FUNCTIONS(password), "", "s3cret \xe2\x82\xac"},
    {"SSHCertStorePassword", 14, FUNCTIONS(sshcertstorepassword), "", "passphrase"},
    {"SSHEncryptionAlgorithms", 17, FUNCTIONS(sshencryptionalgorithms),
     "aes256-ctr,aes192-ctr,aes128-ctr,aes256-cbc,aes192-cbc,aes128-cbc,3des-ctr,3des-cbc,"
     "blowfish-cbc,arcfour256,arcfour128,arcfour,cast128-cbc,aes256-gcm@openssh.com,"
     "aes128-gcm@openssh.com,chacha20-poly1305@openssh.com",
     "chacha20-poly1305@openssh.com,arcfour"},
    {"SSHHost", 18, FUNCTIONS(sshhost), "", "server.example"},
    {"User", 21, FUNCTIONS(user), "", "alice"},
};

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
    }
    const int before = p.get(o);
    for (const int value : p.bad) {
      INFO(value);
      const int code = p.set(o, value);
      CHECK(code != 0);
      CHECK(o.code() == code);
      CHECK(o.error().find(std::strcmp(p.name, "SSHPort") == 0 && value == 0 ? "port" : p.name) !=
            std::string::npos);
      CHECK(p.get(o) == before);
      CHECK(ipworksauth_sshauth_set(o, p.id, 0, as_pointer(value), 0) == code);
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
  for (const int id : {0, 1, 7, 255, 2001}) {
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
