// A full example of every message: one function per row of messages.def, so that a new row without
// an example does not compile.
//
//   sample<Msg::kexinit>([](const auto& message, auto... form) { ... });
//
// calls once for every layout the number can have. Fields that a decoder takes as "the rest" are
// left empty, or the truncation test could not tell a cut from a shorter rest.
#pragma once

#include "lib/wire/messages.hpp"

namespace sshauth {

inline constexpr std::uint8_t kCookie[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

template <Msg M, class Visit>
void sample(Visit visit) {
  if constexpr (M == Msg::disconnect) {
    visit(Disconnect{11, "bye", "en"});
  } else if constexpr (M == Msg::ignore) {
    visit(Ignore{as_bytes("chaff")});
  } else if constexpr (M == Msg::unimplemented) {
    visit(Unimplemented{7});
  } else if constexpr (M == Msg::debug) {
    visit(Debug{true, "look", "en"});
  } else if constexpr (M == Msg::service_request) {
    visit(ServiceRequest{"ssh-userauth"});
  } else if constexpr (M == Msg::service_accept) {
    visit(ServiceAccept{"ssh-userauth"});
  } else if constexpr (M == Msg::ext_info) {
    visit(ExtInfo{true, "ssh-ed25519,rsa-sha2-512", true});
  } else if constexpr (M == Msg::kexinit) {
    visit(KexInit{kCookie, {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, true});
  } else if constexpr (M == Msg::newkeys) {
    visit(NewKeys{});
  } else if constexpr (M == Msg::kex_30) {
    visit(KexInitValue{as_bytes("value")}, ValueForm::string, M);
    visit(KexInitValue{as_bytes("\xf1value")}, ValueForm::mpint, M);
    visit(GexRequest{1024, 3072, 8192, true}, M);
    visit(KexGssInit{as_bytes("token"), as_bytes("value")}, ValueForm::string);
    visit(KexGssInit{as_bytes("token"), as_bytes("\xf1value")}, ValueForm::mpint);
  } else if constexpr (M == Msg::kex_31) {
    visit(GexGroup{as_bytes("\xf1prime"), as_bytes("\x02")}, M);
    visit(KexReply{as_bytes("key"), as_bytes("value"), as_bytes("signature")}, ValueForm::string,
          M);
    visit(KexReply{as_bytes("key"), as_bytes("\xf1value"), as_bytes("signature")}, ValueForm::mpint,
          M);
    visit(KexGssContinue{as_bytes("token")});
  } else if constexpr (M == Msg::kex_32) {
    visit(KexInitValue{as_bytes("\xf1value")}, ValueForm::mpint, M);
    visit(KexGssComplete{as_bytes("value"), as_bytes("mic"), true, as_bytes("token")},
          ValueForm::string);
    visit(KexGssComplete{as_bytes("\xf1value"), as_bytes("mic"), false, {}}, ValueForm::mpint);
  } else if constexpr (M == Msg::kex_33) {
    visit(KexReply{as_bytes("key"), as_bytes("\xf1value"), as_bytes("signature")}, ValueForm::mpint,
          M);
    visit(KexGssHostKey{as_bytes("key")});
  } else if constexpr (M == Msg::kex_34) {
    visit(GexRequest{2048, 3072, 8192, false}, M);
    visit(GssError{851968, 7, "no ticket", "en"}, M);
  } else if constexpr (M == Msg::kex_40) {
    visit(GexRequest{2048, 3072, 8192, false}, M);
  } else if constexpr (M == Msg::kex_41) {
    visit(GexGroup{as_bytes("\xf1prime"), as_bytes("\x02")}, M);
  } else if constexpr (M == Msg::userauth_request) {
    visit(UserauthRequest{"alice", "ssh-connection", "none", {}});
    visit(PasswordFields{false, "secret", ""});
    visit(PasswordFields{true, "secret", "newer"});
    visit(PublickeyFields{false, "ssh-ed25519", as_bytes("blob"), {}});
    visit(PublickeyFields{true, "ssh-ed25519", as_bytes("blob"), as_bytes("signature")});
    visit(KbdintFields{"en", "pam"});
    visit(GssFields{2, {as_bytes("mechanism"), as_bytes("other")}});
    visit(GssKeyexFields{as_bytes("mic")});
  } else if constexpr (M == Msg::userauth_failure) {
    visit(UserauthFailure{"publickey,password", true});
  } else if constexpr (M == Msg::userauth_success) {
    visit(UserauthSuccess{});
  } else if constexpr (M == Msg::userauth_banner) {
    visit(UserauthBanner{"welcome", "en"});
  } else if constexpr (M == Msg::userauth_60) {
    visit(PkOk{"ssh-ed25519", as_bytes("blob")});
    visit(PasswdChangereq{"new one", "en"});
    visit(InfoRequest{
        "name", "instruction", "en", 2, {PromptField{"Password: ", false}, {"Code: ", true}}});
    visit(GssResponse{as_bytes("mechanism")});
  } else if constexpr (M == Msg::userauth_61) {
    visit(InfoResponse{2, {as_bytes("one"), as_bytes("two")}});
    visit(GssToken{as_bytes("token")});
  } else if constexpr (M == Msg::gssapi_complete) {
    visit(GssComplete{});
  } else if constexpr (M == Msg::gssapi_error) {
    visit(GssError{851968, 7, "no ticket", "en"}, M);
  } else if constexpr (M == Msg::gssapi_errtok) {
    visit(GssErrtok{as_bytes("token")});
  } else if constexpr (M == Msg::gssapi_mic) {
    visit(GssMic{as_bytes("mic")});
  } else if constexpr (M == Msg::global_request) {
    visit(GlobalRequest{"keepalive@openssh.com", true, {}});
  } else if constexpr (M == Msg::request_success) {
    visit(RequestSuccess{});
  } else if constexpr (M == Msg::request_failure) {
    visit(RequestFailure{});
  } else if constexpr (M == Msg::ping) {
    visit(Ping{as_bytes("data")});
  } else if constexpr (M == Msg::pong) {
    visit(Pong{as_bytes("data")});
  } else {
    static_assert(M == Msg::disconnect, "a row of messages.def without an example");
  }
}

}  // namespace sshauth
