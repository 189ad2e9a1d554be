// The question about the host key of a first contact, and the known_hosts file a yes goes to.
#pragma once

#include <string>

#include "lib/client/observer.hpp"

namespace sshauth::tool {

// Where a key that a person accepted is written down.
struct KnownHostsStore {
  std::string file;          // empty: nowhere
  bool make_folder = false;  // the file's folder is made (0700) when it is not there
  bool hashed = false;       // the host's name as a hash
};

// Shows the key and asks on the terminal, where there is one. Only a first contact is a person's to
// decide: `yes` or the key's own fingerprint accepts, `no`, another fingerprint, an empty line and
// the end of input refuse, anything else is asked again. A key that changed or was revoked is
// refused without a question: the habit of typing "yes" is what an attacker would count on.
HostKeyAnswer ask_host_key(const HostKeyQuestion& question, const KnownHostsStore& store);

// True when the key is in the file now; else the reason was told. Not being able to store is no
// reason not to log in: the person accepted this key for now.
bool store_host_key(const HostKeyQuestion& question, const KnownHostsStore& store);

}  // namespace sshauth::tool
