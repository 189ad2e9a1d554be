// KeyList: what the reader of a format found, in the order of the file.
#pragma once

#include <vector>

#include "lib/keys/load.hpp"

namespace sshauth {

class KeyList {
 public:
  explicit KeyList(std::size_t most) : most_(most) {}

  void add(Identity key) {
    if (keys_.size() < most_)
      keys_.push_back(std::move(key));
    else
      pass_over({KeyErrc::too_expensive, "the file holds more than " + std::to_string(most_) +
                                             " keys, which are not read"});
  }
  // A key that cannot be used, which is no reason not to use others.
  void pass_over(KeyError why) { passed_over_.add(std::move(why)); }
  // A key, or a reason not to have it. What is wrong with the passphrase ends the reading, as does
  // what would cost too much; damage to one key or a type that is not supported does not.
  KeyError take(KeyResult result) {
    if (result)
      add(std::move(*result));
    else if (result.error().code == KeyErrc::unsupported_type ||
             result.error().code == KeyErrc::malformed)
      pass_over(result.error());
    else
      return result.error();
    return {};
  }

  std::vector<Identity>& keys() noexcept { return keys_; }
  bool is_full() const noexcept { return keys_.size() >= most_; }
  const PassedOver& passed_over() const noexcept { return passed_over_; }

 private:
  std::size_t most_;
  std::vector<Identity> keys_;
  PassedOver passed_over_;
};

}  // namespace sshauth
