// What the sshauth command says to a person and asks of one.
//
// Results go to stdout, everything else (progress, questions, errors) to stderr. A question is
// asked only where stdin and stderr are both a terminal; the terminal's settings are put back
// whatever happens in between, signals included. Text that a server chose passes through
// `readable` before it reaches a terminal.
#pragma once

#include <string>
#include <string_view>

#include "lib/keys/secret_bytes.hpp"

namespace sshauth::tool {

// Control characters, C1 ones and what is not UTF-8 become '?'; where `lines` is true, line feeds
// stay and carriage returns go. At most `most` octets, then "...".
std::string readable(std::string_view text, bool lines = false, std::size_t most = 8192);

bool has_terminal();

enum class Asked { answered, ended, impossible };

// Asks for one line. `ended`: end of file or no line; `impossible`: there is no terminal.
Asked ask_line(std::string_view prompt, bool echo, SecretBytes& out);

// The first line of stdin without its line end; false when there is none or it is too long.
[[nodiscard]] bool read_stdin_line(SecretBytes& out);

// Takes the variable out of the environment, its memory wiped; false when it is not set.
[[nodiscard]] bool take_env(const std::string& name, SecretBytes& out);

// One line on stderr, made readable.
void tell(std::string_view line);

}  // namespace sshauth::tool
