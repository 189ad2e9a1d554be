// Lists of message numbers as people write them: "1-4 20 60".
#pragma once

#include <set>
#include <sstream>
#include <string>

namespace sshauth::test {

inline std::set<int> numbers(const std::string& list) {
  std::set<int> out;
  std::istringstream in(list);
  for (std::string part; in >> part;) {
    const std::size_t dash = part.find('-');
    const int from = std::stoi(part),
              to = dash == std::string::npos ? from : std::stoi(part.substr(dash + 1));
    for (int n = from; n <= to; ++n) out.insert(n);
  }
  return out;
}

}  // namespace sshauth::test
