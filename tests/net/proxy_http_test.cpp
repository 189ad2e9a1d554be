// HTTP CONNECT: whole, cut at every octet, malformed, with logins, over one connection and several.
#include <catch2/catch.hpp>

#include "proxy_play.hpp"

using namespace sshauth;
using namespace sshauth::test;
using namespace std::string_literals;

namespace {

const std::string kConnect = "CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: 10.0.0.1:22\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 Connection established\r\n\r\n";

std::string with_login(const std::string& value) {
  return kConnect.substr(0, kConnect.size() - 2) + "Proxy-Authorization: " + value + "\r\n\r\n";
}
// "Aladdin", "open sesame": RFC 7617 §2
const std::string kBasic = with_login("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");

std::string wants(const std::string& challenges, const std::string& more = "",
                  const std::string& body = "") {
  return "HTTP/1.1 407 Login\r\nProxy-Authenticate: " + challenges + "\r\n" + more + "\r\n" + body;
}

ProxySettings aladdin() { return settings_of(ProxyType::http, "Aladdin", "open sesame"); }

}  // namespace

TEST_CASE("HTTP CONNECT: every cut, and not an octet too many") {
  const auto plain = settings_of(ProxyType::http);
  for (const std::string& answer :
       {kOk, "HTTP/1.0 200\r\nVia: a\r\nContent-Length: 9\r\n\r\n"s,
        "HTTP/1.1 299 \r\nTransfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"s,
        "HTTP/1.9 204 No\xff\r\nA:\t b \r\nB:\r\n\r\n"s,
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + kOk})
    plays_at_every_cut(plain, "10.0.0.1", 22, {{kConnect, answer}});
}

TEST_CASE("HTTP CONNECT: names, IPv6 in brackets, extra headers") {
  plays_at_every_cut(settings_of(ProxyType::http, "", "", "X-A: 1\r\nX-B: 2\r\n"), "host.test",
                     2222,
                     {{"CONNECT host.test:2222 HTTP/1.1\r\nHost: host.test:2222\r\n"
                       "X-A: 1\r\nX-B: 2\r\n\r\n",
                       kOk}});
  for (const char* host : {"2001:db8::1", "[2001:db8::1]"})
    plays_at_every_cut(
        settings_of(ProxyType::http), host, 22,
        {{"CONNECT [2001:db8::1]:22 HTTP/1.1\r\nHost: [2001:db8::1]:22\r\n\r\n", kOk}});
}

TEST_CASE("HTTP CONNECT: credentials are told when they are asked for, and not before") {
  const Turn asked{kConnect, wants("Basic realm=\"x\"", "Content-Length: 5\r\n", "body!")};
  plays_at_every_cut(aladdin(), "10.0.0.1", 22, {{kConnect, kOk}});
  plays_at_every_cut(aladdin(), "10.0.0.1", 22, {asked, {kBasic, kOk}});
}

TEST_CASE("HTTP CONNECT: bodies of challenges are passed over, or the connection is left") {
  struct Row {
    std::string more, body;
    unsigned connections;
  };
  for (const Row& row : {Row{"Content-Length: 0\r\n", "", 1},
                         {"Transfer-Encoding: chunked\r\n",
                          "4\r\nbody\r\nA;x=y\r\n0123456789\r\n0\r\nT: t\r\n\r\n", 1},
                         {"Content-Length: 5\r\nContent-Length: 5\r\n", "body!", 1},
                         {"Connection: close\r\nContent-Length: 5\r\n", "body!", 2},
                         {"Proxy-Connection: x, Close\r\nContent-Length: 5\r\n", "body!", 2},
                         {"", "until the end", 2},
                         {"Content-Length: 999999999999\r\n", "no", 2},
                         {"Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 2},
                         {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", 2},
                         {"Transfer-Encoding: chunked\r\n",
                          "FFFF\r\n" + std::string(65'535, 'x') + "\r\n1\r\n", 2}}) {
    const std::vector<Turn> turns{{kConnect, wants("Basic realm=x", row.more, row.body)},
                                  {kBasic, kOk}};
    INFO(row.more);
    if (row.body.size() < 1000)
      plays_at_every_cut(aladdin(), "10.0.0.1", 22, turns, row.connections);
    else
      CHECK(play(aladdin(), "10.0.0.1", 22, turns, 70'000).connections == row.connections);
  }
  // HTTP/1.0 closes unless it says that it does not.
  const std::string old = "HTTP/1.0 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n";
  plays_at_every_cut(aladdin(), "10.0.0.1", 22, {{kConnect, old + "\r\n"}, {kBasic, kOk}}, 2);
  plays_at_every_cut(aladdin(), "10.0.0.1", 22,
                     {{kConnect, old + "Connection: keep-alive\r\n\r\n"}, {kBasic, kOk}}, 1);
}

TEST_CASE("HTTP CONNECT: a proxy that hangs up after its challenge without saying so") {
  const std::string polite = wants("Basic realm=x", "Content-Length: 0\r\n");
  CHECK(play(aladdin(), "10.0.0.1", 22, {{kConnect, polite}, {kBasic, "", true}, {kBasic, kOk}}, 9)
            .done);
  // Within the body, too.
  CHECK(play(aladdin(), "10.0.0.1", 22,
             {{kConnect, wants("Basic", "Content-Length: 9\r\n", "bo"), true}, {kBasic, kOk}}, 9)
            .done);
  // But not for ever, and not where it had begun to answer.
  CHECK(has(play(aladdin(), "10.0.0.1", 22,
                 {{kConnect, polite}, {kBasic, "", true}, {kBasic, "", true}}, 9, "")
                .error,
            "closed the connection before it had answered"));
  CHECK(has(
      play(aladdin(), "10.0.0.1", 22, {{kConnect, polite}, {kBasic, "HTTP/1.1 200", true}}, 9, "")
          .error,
      "closed the connection after (not shown"));
}

TEST_CASE("HTTP CONNECT: Digest, in the form the proxy asks for") {
  // Each response is computed apart from the library, with the cnonce of the tests' provider.
  const std::string cnonce = "11111111111111111111111111111111";
  const std::string common =
      "Digest username=\"Aladdin\", realm=\"a \\\"b\\\"\", nonce=\"n\", uri=\"10.0.0.1:22\", ";
  const std::string counted = ", qop=auth, nc=00000001, cnonce=\"" + cnonce + "\"";
  struct Row {
    std::string challenge, answer;
  };
  const std::string base = "Digest realm=\"a \\\"b\\\"\", nonce=\"n\"";
  for (const Row& row : {
           Row{base, "response=\"c59d07ef90a6f842d1ddad91c08f6ff4\""},
           {base + ", qop=\"auth\"", "response=\"2d8480e99caaf4cd0ed703b88cc5bac6\"" + counted},
           {base + ", qop=\"auth-int, auth\", algorithm=md5, opaque=\"o\\\\p\"",
            "response=\"2d8480e99caaf4cd0ed703b88cc5bac6\", algorithm=md5, opaque=\"o\\\\p\"" +
                counted},
           {base + ", qop=auth, algorithm=MD5-sess",
            "response=\"0a1ff1001bee346497829f0368eee462\", algorithm=MD5-sess" + counted},
           {base + ", qop=auth, algorithm=SHA-256",
            "response=\"d464b10539c04c5db4603b6009134ab74945a5058c5c55f4ffa7e75d6952b253\", "
            "algorithm=SHA-256" +
                counted},
           {base + ", qop=auth, algorithm=\"SHA-256-sess\"",
            "response=\"4c2fb22494e4bf7e1d2a8586d89a979ba3867181445a5817805a71b0ff3189f6\", "
            "algorithm=SHA-256-sess" +
                counted},
           // The stronger one wins, wherever it stands; other schemes are passed over.
           {"Negotiate, Basic realm=x, " + base + ", qop=auth, NTLM abc==, " + base +
                ", qop=auth, algorithm=SHA-256",
            "response=\"d464b10539c04c5db4603b6009134ab74945a5058c5c55f4ffa7e75d6952b253\", "
            "algorithm=SHA-256" +
                counted},
           {base + ", qop=auth, algorithm=SHA-512-256, " + base + ", qop=auth",
            "response=\"2d8480e99caaf4cd0ed703b88cc5bac6\"" + counted},
       }) {
    INFO(row.challenge);
    plays_at_every_cut(aladdin(), "10.0.0.1", 22,
                       {{kConnect, wants(row.challenge, "Content-Length: 0\r\n")},
                        {with_login(common + row.answer), kOk}});
  }
}

TEST_CASE("HTTP CONNECT: a stale nonce is answered once more, a refused password is not") {
  const std::string cnonce(32, '1');
  const std::string no_body = "Content-Length: 0\r\n";
  const auto challenge = [&](const std::string& nonce, const std::string& more = "") {
    return wants("Digest realm=\"r\", nonce=\"" + nonce + "\", qop=\"auth\"" + more, no_body);
  };
  const auto answer = [&](const std::string& nonce, const std::string& response,
                          const std::string& count) {
    return with_login("Digest username=\"Aladdin\", realm=\"r\", nonce=\"" + nonce +
                      "\", uri=\"10.0.0.1:22\", response=\"" + response +
                      "\", qop=auth, nc=" + count + ", cnonce=\"" + cnonce + "\"");
  };
  const std::string first = answer("a", "3da94566a4282f3f3055228ce8fbcd20", "00000001");
  const std::string second = answer("b", "9704c453bc19a697fcf308c7f6fadd34", "00000001");
  const std::string same = answer("a", "fc4ba973ba2d0a3e8bbbe3dbc50e3b28", "00000002");
  plays_at_every_cut(
      aladdin(), "10.0.0.1", 22,
      {{kConnect, challenge("a")}, {first, challenge("b", ", stale=TRUE")}, {second, kOk}});
  plays_at_every_cut(
      aladdin(), "10.0.0.1", 22,
      {{kConnect, challenge("a")}, {first, challenge("a", ", stale=true")}, {same, kOk}});
  for (const std::string& again :
       {refusal_after(aladdin(), {{kConnect, challenge("a")}, {first, challenge("b")}}),
        refusal_after(aladdin(), {{kConnect, challenge("a")},
                                  {first, challenge("b", ", stale=true")},
                                  {second, challenge("c", ", stale=true")}})}) {
    CHECK(has(again, "refused the user name or the password (HTTP status 407)"));
    CHECK_FALSE(has(again, "sesame"));
  }
}

TEST_CASE("HTTP CONNECT: a proxy that says the login back does not get it into a sentence") {
  const Turn asked{kConnect, wants("Basic realm=x", "Content-Length: 0\r\n")};
  const std::string coded = "QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  for (const std::string& echo : {coded, "open sesame"s})
    for (const std::string& said :
         {"HTTP/1.1 403 " + echo + "\r\n\r\n", "HTTP/1.1 302 x\r\nLocation: " + echo + "\r\n\r\n",
          "HTTP/1.1 200 x\r\n" + echo + "\r\n", "HTTP/1.1 " + echo + "\r\n", echo + "\r\n",
          "HTTP/1.1 200 x\r\nA: " + echo + "\n", "HTTP/1.1 407 " + echo + "\r\nA: b\r\n\r\n",
          "HTTP/1.1 407 x\r\nContent-Length: " + echo + "\r\n", "HTTP/1.1 401 " + echo + "\r\n\r\n",
          wants("Digest x=\"" + echo), wants("Digest stale=true, realm=\"" + echo + "\"")}) {
      const std::string sentence = refusal_after(aladdin(), {asked, {kBasic, said}});
      INFO(said << sentence);
      CHECK_FALSE(has(sentence, echo.substr(0, 7)));
      CHECK(has(sentence, "the HTTP proxy proxy.test port 80 "));
    }
}

TEST_CASE("HTTP CONNECT: user names with odd characters") {
  const std::string challenge = "Digest realm=\"r\", nonce=\"a\", qop=\"auth\"";
  const std::string rest = ", realm=\"r\", nonce=\"a\", uri=\"10.0.0.1:22\", response=\"";
  const std::string end = "\", qop=auth, nc=00000001, cnonce=\"11111111111111111111111111111111\"";
  const auto play_user = [&](const std::string& user, const std::string& more,
                             const std::string& name, const std::string& response) {
    INFO(user);
    plays_at_every_cut(settings_of(ProxyType::http, user, "pw:\t\x01"), "10.0.0.1", 22,
                       {{kConnect, wants(challenge + more, "Content-Length: 0\r\n")},
                        {with_login("Digest " + name + rest + response + end), kOk}});
  };
  play_user("a\"b\\c:d", "", "username=\"a\\\"b\\\\c:d\"", "18a73bdd5b3ee9c7aaa89da37aeffaa0");
  play_user("J\xc3\xa4s\xc3\xb8n", "", "username=\"J\xc3\xa4s\xc3\xb8n\"",
            "b81d2c7b79ae4b406d4ee9407f4f5677");
  play_user("J\xc3\xa4s\xc3\xb8n", ", charset=UTF-8", "username*=UTF-8''J%C3%A4s%C3%B8n",
            "b81d2c7b79ae4b406d4ee9407f4f5677");
  play_user("Aladdin", ", userhash=true",
            "username=\"b9ec3ebe42b52d7a157d6a7bada42ac7\", userhash=true",
            "627d6b6d89e6ae1a926d441d8c672839");
  CHECK(has(not_made(settings_of(ProxyType::http, "a\r\n", "p"), "h"), "control characters"));
  // Basic has no place for them (RFC 7617 §2).
  for (const auto& bad :
       {settings_of(ProxyType::http, "a:b", "p"), settings_of(ProxyType::http, "a", "p\nq")})
    CHECK(has(refusal(bad, kConnect, wants("Basic realm=x")), "which Basic cannot carry"));
}

TEST_CASE("HTTP CONNECT: challenges that cannot be answered") {
  struct Row {
    std::string challenge, sentence;
  };
  for (const Row& row : {
           Row{"NTLM, Negotiate", "asks for NTLM, Negotiate authentication; ours are Digest and"},
           {"Digest realm=r, nonce=n, qop=\"auth-int\"",
            "integrity protection (qop auth-int) alone"},
           {"Digest realm=r, nonce=n, qop=strange", "unknown qop strange"},
           {"Digest realm=r, nonce=n, algorithm=SHA3", "the hash SHA3; ours are MD5 and SHA-256"},
           {"Digest realm=r", "lacks its realm or its nonce"},
           {"Digest nonce=n", "lacks its realm or its nonce"},
           {"Basic realm=\"x", "cannot be read"},
           {"Basic realm=x realm=y", "cannot be read"},
           {"Basic realm=x, realm=y", "cannot be read"},
           {"realm=x", "cannot be read"},
           {"Basic = x", "cannot be read"},
           {", ,", "without saying which kind"},
       }) {
    INFO(row.challenge);
    CHECK(has(refusal(aladdin(), kConnect, wants(row.challenge)), row.sentence));
  }
  CHECK(has(refusal(aladdin(), kConnect, "HTTP/1.1 407 x\r\n\r\n"), "without saying which kind"));
  CHECK(
      has(refusal(settings_of(ProxyType::http), kConnect, wants("Digest realm=x, Basic")),
          "asks for a user name and a password for Digest, Basic authentication, and FirewallUser "
          "is not set"));
  const std::string own = "Proxy-Authorization: Bearer t0ken";
  const std::string sent = with_login("Bearer t0ken");
  const auto bearer = settings_of(ProxyType::http, "Aladdin", "open sesame", own);
  CHECK(has(refusal(bearer, sent, wants("Basic realm=x")), "among the extra headers"));
  // What the proxy says back of it is in no sentence.
  for (const std::string& back :
       {wants("Basic realm=x, t0ken"), "HTTP/1.1 403 no Bearer t0ken\r\n\r\n"s,
        "HTTP/1.1 302 Go\r\nLocation: /t0ken\r\n\r\n"s, "HTTP/1.1 407 x\r\nt0ken\r\n\r\n"s,
        "Bearer t0ken\r\n\r\n"s})
    CHECK_FALSE(has(refusal(bearer, sent, back), "t0ken"));
  plays_at_every_cut(bearer, "10.0.0.1", 22, {{sent, kOk}});
}

TEST_CASE("HTTP CONNECT: refusals say what came") {
  const auto plain = settings_of(ProxyType::http);
  struct Row {
    std::string said, sentence;
  };
  for (const Row& row : {
           Row{"HTTP/1.1 403 Forbidden\r\n\r\n",
               "the HTTP proxy proxy.test port 80 refused the connection to 10.0.0.1:22 or could "
               "not "
               "make it (HTTP status 403: Forbidden)"},
           {"HTTP/1.1 503\r\n\r\n", "(HTTP status 503)"},
           {"HTTP/1.1 302 Found\r\nLocation: http://x.test/\r\n\r\n",
            "redirects elsewhere (to http://x.test/), which is not followed"},
           {"HTTP/1.1 300 x\r\n\r\n", "redirects elsewhere, which"},
           {"HTTP/1.1 101 Switching\r\n\r\n", "101"},
           {"HTTP/1.1 401 x\r\n\r\n", "401"},
       })
    CHECK(has(refusal(plain, kConnect, row.said), row.sentence));
}

TEST_CASE("HTTP CONNECT: malformed and endless answers are refused with what came") {
  const auto plain = settings_of(ProxyType::http);
  struct Row {
    std::string said, sentence;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  for (const Row& row : {
           Row{"\r\n", "begins with \"\""},
           {"SSH-2.0-x\r\n", "begins with \"SSH-2.0\"; that is an SSH server, not a proxy"},
           {"\x05\x01\x00\x01\x00\x00\x00"s, "that looks like a SOCKS proxy"},
           {"\x15\x03\x01\x00\x02\x02\x46"s, "that looks like TLS"},
           {"HTTP/2 200 OK\r\n", "begins with \"HTTP/2 \""},
           {"http/1.1 200 OK\r\n", "does not speak HTTP/1"},
           {"ICY 200 OK\r\n", "does not speak HTTP/1"},
           {"HTTP/1.1  200 OK\r\n", "which has no status"},
           {"HTTP/1.1 20\r\n", "which has no status"},
           {"HTTP/1.1 2000\r\n", "\"HTTP/1.1 2000\", which has no status of 100 to 599"},
           {"HTTP/1.1 99999999999999999999 x\r\n", "which has no status"},
           {"HTTP/1.1 600 x\r\n", "which has no status"},
           {"HTTP/1.1 000 x\r\n", "which has no status"},
           {"HTTP/1.1 -20 x\r\n", "which has no status"},
           {"HTTP/1.x 200 OK\r\n", "which has no status"},
           {ok + "no colon\r\n", "malformed header line \"no colon\""},
           {ok + "A: b\r\n folded: x\r\n", "folded header line"},
           {ok + "a b: x\r\n", "malformed header line"},
           {ok + ": x\r\n", "malformed header line"},
           {ok + "A: b\n", "lone LF instead of CR LF after \"A: b\""},
           {"HTTP/1.1 200 OK\n\n", "lone LF"},
           {ok + "A: b\rc\r\n", "control characters"},
           {ok + "A: b\0c\r\n"s, "control characters"},
           {"HTTP/1.1 502 a\x1b[31mb\r\n",
            "control characters in its header: \"HTTP/1.1 502 a?[31mb"},
           {"HTTP/1.1 407 x\r\nContent-Length: -1\r\n", "impossible Content-Length \"-1\""},
           {"HTTP/1.1 407 x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", "Content-Length \"2\""},
           {"HTTP/1.1 407 x\r\nContent-Length: 99999999999999999999\r\n", "impossible"},
       }) {
    INFO(row.said);
    CHECK(has(refusal(plain, kConnect, row.said), row.sentence));
  }
  for (const Row& row : {Row{"z\r\n", "impossible chunk size"},
                         {"\r\n", "impossible chunk size"},
                         {"fffffffff\r\n", "impossible chunk size"},
                         {"1\r\nab\r\n", "chunk longer than it had said"},
                         {"1\n", "lone LF"}})
    CHECK(has(refusal_after(aladdin(), {{kConnect, wants("Basic", "Transfer-Encoding: chunked\r\n",
                                                         row.said)}}),
              row.sentence));
}

TEST_CASE("HTTP CONNECT: endless answers") {
  const auto plain = settings_of(ProxyType::http);
  const auto said = [&](const std::string& answer) {
    return play(plain, "10.0.0.1", 22, {{kConnect, answer}}, 100).error;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  CHECK(has(said("HTTP/1.1" + std::string(9000, 'A')), "endless header line"));
  std::string many, wide, interim;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  for (int i = 0; i < 20; ++i) wide += "A: " + std::string(8000, 'b') + "\r\n";
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 102 Wait\r\n\r\n";
  CHECK(has(said(ok + many), "endless header"));
  CHECK(has(said(ok + wide), "endless header"));
  CHECK(has(said(interim), "nothing but interim answers (HTTP status 102: Wait)"));
}

TEST_CASE("HTTP CONNECT: what would inject header lines is refused before anything is sent") {
  for (const std::string& bad :
       {"X: a\r\n\r\nGET /"s, "X"s, "X : a"s, "X: a\rY: b"s, "X: a\nY: b"s, "X: a\0b"s, "\r\nX: a"s,
        "Host: other"s, " X: a"s, "content-length: 5"s, "Transfer-Encoding: chunked"s}) {
    INFO(bad);
    CHECK(has(not_made(settings_of(ProxyType::http, "", "", bad), "h"), "FirewallData"));
    CHECK(check_proxy_headers(bad).code == 118);
  }
  CHECK(check_proxy_headers("").ok());
  CHECK(check_proxy_headers("X-A:\r\nX-B: \xc3\xa9\t\r\n").ok());
}
