// An SSHAuth object for tests, through the public C functions alone.
#pragma once

#include <string>

#include "ipworksauth/sshauth.h"

namespace test {

class Handle {
 public:
  explicit Handle(ipworksauth_callback sink = nullptr, void* context = nullptr)
      : obj_(ipworksauth_sshauth_create(sink, context, nullptr, 0)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { ipworksauth_sshauth_destroy(obj_); }

  operator void*() const { return obj_; }
  int code() const { return ipworksauth_sshauth_getlasterrorcode(obj_); }
  std::string error() const { return ipworksauth_sshauth_getlasterror(obj_); }
  // What Config returned, after it succeeded; "<code>" after it failed.
  std::string config(const std::string& setting) const {
    const std::string value = ipworksauth_sshauth_config(obj_, setting.c_str());
    return code() == 0 ? value : "<" + std::to_string(code()) + ">";
  }

 private:
  void* obj_;
};

}  // namespace test
