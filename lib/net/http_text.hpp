// The small grammar that HTTP heads are made of (RFC 9110 §5.5, §5.6), and a peer's text made fit
// for a sentence.
#pragma once

#include <string>
#include <string_view>

namespace sshauth {

char lower_ascii(char c) noexcept;
std::string lowered_ascii(std::string_view text);
bool same_ascii(std::string_view a, std::string_view b) noexcept;  // in any case
bool is_digit(char c) noexcept;
bool is_alnum(char c) noexcept;

// Without blanks and tabs at both ends.
std::string_view trim_blanks(std::string_view text) noexcept;
// RFC 9110 §5.6.2
bool is_token_char(char c) noexcept;
bool is_token(std::string_view text) noexcept;
// RFC 9110 §5.5: no control character but the tab. CR and LF would begin a line of their own.
bool is_field_text(std::string_view text) noexcept;

// At most `most` octets of what a peer sent, control characters replaced.
std::string shown_peer(std::string_view text, std::size_t most);

}  // namespace sshauth
