// The proxy that the environment names.
#include <catch2/catch.hpp>
#include <map>

#include "lib/net/proxy_environment.hpp"
#include "proxy_play.hpp"

using namespace sshauth;
using namespace sshauth::test;

namespace {

using Variables = std::map<std::string, std::string>;

NetError detect(const Variables& variables, const std::string& host, ProxySettings& out) {
  return proxy_from_environment(
      [&](const char* name) {
        const auto at = variables.find(name);
        return at == variables.end() ? nullptr : at->second.c_str();
      },
      host, 22, out);
}

// The host of the proxy for `host`; "" when it goes without one.
std::string chosen(const Variables& variables, const std::string& host = "ssh.test") {
  ProxySettings out;
  const NetError error = detect(variables, host, out);
  INFO(error.text);
  CHECK(error.ok());
  return out.type == ProxyType::none ? "" : out.host;
}

}  // namespace

TEST_CASE("The environment's proxy: which variable decides") {
  CHECK(chosen({}).empty());
  const std::vector<const char*> order{"all_proxy",   "ALL_PROXY",  "https_proxy",
                                       "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"};
  Variables variables;
  for (std::size_t i = order.size(); i-- > 0;) {
    variables[order[i]] = "p" + std::to_string(i);
    CHECK(chosen(variables) == "p" + std::to_string(i));
  }
  CHECK(chosen({{"all_proxy", ""}, {"ALL_PROXY", "p"}}) == "p");
  CHECK(chosen({{"all_proxy", ""}, {"HTTPS_PROXY", "p"}}) == "p");
  CHECK(chosen({{"All_Proxy", "p"}}).empty());
}

TEST_CASE("The environment's proxy: a request's header is not taken for one") {
  const Variables cgi{{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", "GET"}};
  CHECK(chosen(cgi).empty());
  CHECK(chosen({{"HTTP_PROXY", "evil"}, {"REQUEST_METHOD", ""}}).empty());
  CHECK(chosen({{"HTTP_PROXY", "evil"}, {"http_proxy", "p"}, {"REQUEST_METHOD", "GET"}}) == "p");
  CHECK(chosen({{"HTTP_PROXY", "p"}}) == "p");
}

TEST_CASE("The environment's proxy: forms of its address") {
  struct Row {
    std::string url;
    ProxyType type;
    std::string host;
    std::uint16_t port;
    std::string user, password;
  };
  for (const Row& row : {
           Row{"p.test", ProxyType::http, "p.test", 80, "", ""},
           {"p.test:3128", ProxyType::http, "p.test", 3128, "", ""},
           {"http://p.test:3128/", ProxyType::http, "p.test", 3128, "", ""},
           {"HTTP://p.test", ProxyType::http, "p.test", 80, "", ""},
           {"socks4://p", ProxyType::socks4, "p", 1080, "", ""},
           {"socks4a://p:1", ProxyType::socks4a, "p", 1, "", ""},
           {"socks5://p:65535", ProxyType::socks5, "p", 65535, "", ""},
           {"socks://p", ProxyType::socks5, "p", 1080, "", ""},
           {"socks5h://me:s%40x@[::1]", ProxyType::socks5, "::1", 1080, "me", "s@x"},
           {"http://[2001:db8::1]:8080/", ProxyType::http, "2001:db8::1", 8080, "", ""},
           {"u:p@p.test", ProxyType::http, "p.test", 80, "u", "p"},
           {"http://u@p.test", ProxyType::http, "p.test", 80, "u", ""},
           {"http://:p@p.test", ProxyType::http, "p.test", 80, "", "p"},
           {"http://u:a:b@p.test", ProxyType::http, "p.test", 80, "u", "a:b"},
           {"http://u@x:p@p.test", ProxyType::http, "p.test", 80, "u@x", "p"},
           {"http://%2F%3a:%25%C3%a9@p.test", ProxyType::http, "p.test", 80, "/:", "%\xc3\xa9"},
       }) {
    INFO(row.url);
    ProxySettings out;
    const NetError error = parse_proxy_url(row.url, out);
    INFO(error.text);
    CHECK(error.ok());
    CHECK(out.type == row.type);
    CHECK(out.host == row.host);
    CHECK(out.port == row.port);
    CHECK(out.user == row.user);
    CHECK(as_text(out.password.reveal()) == row.password);
  }
}

TEST_CASE("The environment's proxy: what cannot be used is an error, and never passed over") {
  struct Row {
    std::string url, sentence;
  };
  for (const Row& row : {
           Row{"https://u:hidden@p", "the scheme https, which is not supported; http, socks4"},
           {"socks9://p", "the scheme socks9"},
           {"hidden hidden://p", "an unknown scheme"},
           {"u:hidden-hidden-hidden://p", "an unknown scheme"},
           {"://p", "an unknown scheme"},
           {"http://", "names no host"},
           {"http://:80", "names no host"},
           {"http://u:hidden@", "names no host"},
           {"http://p:0", "a port that is none of 1 to 65535"},
           {"http://p:65536", "a port"},
           {"http://p:1x", "a port"},
           {"http://p:", "a port"},
           {"http://p: 80", "a port"},
           {"http://u:hidden%4@p", "two digits"},
           {"http://u%zz@p", "two digits"},
           {"http://u:hidden%", "a port"},
           {"http://[::1", "brackets"},
           {"http://[::1]x", "a port"},
           {"http://[1.2.3.4]", "brackets"},
           {"http://[p]", "brackets"},
           {"http://::1", "without brackets"},
           {"http://p:1:2", "without brackets"},
           {"http://p/path", "behind the port"},
           {"http://p?q", "behind the port"},
           {"http://u:hid/den@p", "need %2F %3F %23"},
           {"http://a b", "blanks"},
           {"http://a\r\nX", "control characters"},
           {std::string(5000, 'p'), "longer than 4,096"},
       }) {
    INFO(row.url);
    ProxySettings out;
    const NetError error = detect({{"all_proxy", row.url}, {"http_proxy", "other"}}, "h", out);
    CHECK(error.code == 118);
    CHECK(out.type == ProxyType::none);
    CHECK(has(error.text, "the environment variable all_proxy "));
    CHECK(has(error.text, row.sentence));
    CHECK_FALSE(has(error.text, "hid"));
  }
}

TEST_CASE("The environment's proxy: hosts that go without") {
  Variables variables{{"all_proxy", "p"}, {"no_proxy", "localhost, .example.org,a.test:23"}};
  CHECK(chosen(variables, "LOCALHOST").empty());
  CHECK(chosen(variables, "a.Example.org").empty());
  CHECK(chosen(variables, "a.test") == "p");
  CHECK(chosen(variables, "example.com") == "p");
  variables["NO_PROXY"] = "*";
  CHECK(chosen(variables, "example.com") == "p");
  variables["no_proxy"] = "";
  CHECK(chosen(variables, "example.com").empty());
  // A proxy that could not be used is no error where none is to be used.
  CHECK(chosen({{"all_proxy", "https://p"}, {"no_proxy", "*"}}).empty());
}
